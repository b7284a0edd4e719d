-- reports.sql: the six reports on product_view's tables, for Postgres:
--   psql "$POSTGRES_URL" -v day=2024-11-01 -f pipelines/product_view/reports.sql
-- Without -v day the current day (UTC) is taken. One row of fact_sales is one view.

\if :{?day}
\else
  select to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as day \gset
\endif
\pset null '-'

\echo '1. Top 10 products by views on' :day
select f.product_key, p.name, count(*) as views
from fact_sales f
left join dim_product p using (product_key)
where f.full_date = :'day'
group by f.product_key, p.name
order by views desc, f.product_key
limit 10;

\echo '2. Top 10 countries by views on' :day
select coalesce(l.country_name, 'Unknown') as country, count(*) as views
from fact_sales f
left join dim_location l using (ip_key)
where f.full_date = :'day'
group by 1
order by views desc, country
limit 10;

\echo '3. Top 5 referrers by views on' :day
select f.referrer_url, count(*) as views
from fact_sales f
where f.full_date = :'day' and f.referrer_url is not null
group by f.referrer_url
order by views desc, f.referrer_url
limit 5;

\echo '4. Stores of each country, ranked by views'
select country, store_id, views, rank() over (partition by country order by views desc) as rank
from (
  select coalesce(l.country_name, 'Unknown') as country, f.store_id, count(*) as views
  from fact_sales f
  left join dim_location l using (ip_key)
  group by 1, 2
) as by_store
order by country, rank, store_id;

\echo '5. Views of each product by hour on' :day
select f.product_key, substr(f.full_time, 1, 2) as hour, count(*) as views
from fact_sales f
where f.full_date = :'day'
group by 1, 2
order by f.product_key, hour;

\echo '6. Views of each browser and operating system by hour on' :day
select substr(f.full_time, 1, 2) as hour, coalesce(u.browser, 'Unknown') as browser, coalesce(u.os, 'Unknown') as os, count(*) as views
from fact_sales f
left join dim_user_agent u using (user_agent_key)
where f.full_date = :'day'
group by 1, 2, 3
order by hour, views desc, browser, os;
