-- reports.sql: reports on purchase's table, for Postgres:
--   psql "$POSTGRES_URL" -v day=2024-11-01 -f pipelines/purchase/reports.sql
-- Without -v day the current day (UTC) is taken. A window belongs to the day of its start.

\if :{?day}
\else
  select to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as day \gset
\endif
\pset null '-'
\set QUIET on
set time zone 'UTC';
\set QUIET off

\echo '1. Categories by amount on' :day
select category, sum(total_quantity) as quantity, sum(total_amount) as amount,
       round(100 * sum(total_amount) / sum(sum(total_amount)) over (), 1) as percent
from retail
where window_start >= :'day'::date and window_start < :'day'::date + 1
group by category
order by amount desc, category;

\echo '2. How was paid on' :day
select payment_method, sum(total_quantity) as quantity, sum(total_amount) as amount,
       round(sum(total_amount) / sum(total_quantity), 2) as amount_per_item
from retail
where window_start >= :'day'::date and window_start < :'day'::date + 1
group by payment_method
order by amount desc, payment_method;

\echo '3. Amount by hour on' :day
select to_char(window_start, 'HH24') as hour, sum(total_quantity) as quantity, sum(total_amount) as amount
from retail
where window_start >= :'day'::date and window_start < :'day'::date + 1
group by hour
order by hour;

\echo '4. The best 5 minutes of each category on' :day
select category, window_start, amount
from (
  select category, window_start, sum(total_amount) as amount,
         row_number() over (partition by category order by sum(total_amount) desc, window_start) as place
  from retail
  where window_start >= :'day'::date and window_start < :'day'::date + 1
  group by category, window_start
) as by_window
where place = 1
order by amount desc, category;

\echo '5. What every category and payment method has come to'
select distinct on (category, payment_method) category, payment_method, window_end, running_total
from retail
order by category, payment_method, window_end desc;

\echo '6. The last half an hour of each category: amount, and its change from the half an hour before'
with latest as (select max(window_end) as moment from retail),
halves as (
  select category,
         sum(total_amount) filter (where window_end > moment - interval '30 minutes') as amount,
         sum(total_amount) filter (where window_end <= moment - interval '30 minutes') as amount_before
  from retail, latest
  where window_end > moment - interval '1 hour'
  group by category
)
select category, amount, amount_before, round(100 * (amount - amount_before) / nullif(amount_before, 0), 1) as change_percent
from halves
order by category;
