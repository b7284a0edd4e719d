// Weir.g4 — the grammar of .weir files, and of the SQL expressions in them and in YAML.
//
// Keywords are soft: those that cannot start or join an expression are ordinary names too (rule `soft`). The lexer accepts every text: what
// is no token becomes an UNCLOSED_… or UNKNOWN one, so that one place (dsl/token_guard.cpp) words all lexical errors. A file is cut at its
// semicolons before the parser sees it: it is given one statement at a time, without the semicolon.
grammar Weir;

standalone : expression EOF ;
oneStatement : statement EOF ;

statement
  : K_CREATE creation                                         # create
  | K_INCLUDE STRING                                          # include
  ;

creation
  : K_PIPELINE reference with?                                # createPipeline
  | K_CONNECTION name with                                    # createConnection
  | K_FUNCTION name OPEN (parameter (COMMA parameter)*)? CLOSE K_RETURNS typeName (K_LANGUAGE name)? with? (K_AS code)?   # createFunction
  | K_SOURCE name OPEN columnItem (COMMA columnItem)* CLOSE with                                                          # createSource
  | K_TABLE name OPEN columnItem (COMMA columnItem)* CLOSE with                                                           # createTable
  | K_STREAM name with? K_AS query                            # createStream
  | K_SINK name with? K_AS query                              # createSink
  | K_REPORT name with? K_AS code                             # createReport
  | K_TEST (name | STRING) with? K_AS testStep+               # createTest
  ;

code : DOLLAR_STRING | STRING ;
parameter : name typeName ;

columnItem
  : K_WATERMARK K_FOR name K_AS expression                    # watermark
  | K_PRIMARY K_KEY OPEN name (COMMA name)* CLOSE             # primaryKey
  | name (K_AS expression | typeName columnPart*)             # columnOf
  ;
columnPart : K_NOT K_NULL | K_METADATA | K_FROM (STRING | name) | K_CHECK OPEN expression CLOSE ;

with : K_WITH OPEN option (COMMA option)* CLOSE ;
option : optionName EQUAL optionValue ;
optionName : anyName (DOT anyName)* | STRING ;
optionValue
  : (MINUS | PLUS)? (INTEGER | DECIMAL | EXPONENT)            # numberValue
  | STRING                                                    # textValue
  | DOLLAR_STRING                                             # codeValue
  | interval                                                  # intervalValue
  | (VARIABLE | name | K_TRUE | K_FALSE | K_NULL)             # wordValue
  | OPEN_BRACKET (optionValue (COMMA optionValue)*)? CLOSE_BRACKET    # listValue
  | OPEN (option (COMMA option)*)? CLOSE                      # mapValue
  ;
interval : K_INTERVAL (STRING IDENTIFIER? | (INTEGER IDENTIFIER)+) ;

testStep
  : K_GIVEN name (testRows | K_EMPTY)                         # givenRows
  | K_INSERT K_INTO splitName (testRows | K_EMPTY)            # insertRows
  | K_EXPECT name (testRows | K_EMPTY | K_ROWS INTEGER)       # expectRows
  | K_ADVANCE (interval | STRING)                             # advanceClock
  | K_IDLE splitName                                          # idleSplit
  | K_CRASH IDENTIFIER IDENTIFIER?                            # crashProcess
  | K_RESTART                                                 # restartProcess
  | K_END                                                     # endOfSteps
  ;
splitName : name (K_PARTITION INTEGER)? ;
testRows : (OPEN name (COMMA name)* CLOSE)? K_VALUES testRow (COMMA testRow)* ;
testRow
  : OPEN (option (COMMA option)*)? CLOSE                      # namedRow
  | OPEN testValue (COMMA testValue)* CLOSE                   # rowOfValues
  | (STRING | DOLLAR_STRING)                                  # recordText
  | K_NULL                                                    # tombstone
  ;
testValue : (K_TIMESTAMP | K_DATE) STRING | optionValue ;

query : (K_FROM relation | selection) (PIPE step)* ;

relation : (windowed | reference) alias? ;
alias : K_AS name | IDENTIFIER | QUOTED ;
reference : name | VARIABLE ;
// Flink's TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTES)).
windowed : K_TABLE OPEN windowCall CLOSE | windowCall ;
windowCall : IDENTIFIER OPEN K_TABLE reference partitionOfTable? COMMA K_DESCRIPTOR OPEN name CLOSE (COMMA expression)+ CLOSE ;
partitionOfTable : K_PARTITION K_BY (OPEN name (COMMA name)* CLOSE | name (COMMA name)*) ;

selection
  : K_SELECT K_DISTINCT? selectItem (COMMA selectItem)* K_FROM relation selectedJoin* (K_WHERE expression)? groupBy? having? (K_ORDER K_BY ordering (COMMA ordering)*)? (K_LIMIT INTEGER)?
  ;
selectItem : STAR | expression (K_AS name)? ;
groupBy : K_GROUP K_BY selectItem (COMMA selectItem)* ;
having : K_HAVING expression ;
selectedJoin : join within? ;

join : joinKind? K_JOIN reference alias? (K_ON expression | K_USING OPEN name (COMMA name)* CLOSE)? ;
joinKind : K_INNER | K_LEFT (K_OUTER | K_SEMI | K_ANTI)? | (K_RIGHT | K_FULL) K_OUTER? | K_CROSS | K_NATURAL ;

step
  : K_WHERE expression                                        # where
  | K_SELECT K_DISTINCT? selectItem (COMMA selectItem)*       # select
  | K_EXTEND selectItem (COMMA selectItem)*                   # extend
  | K_DROP name (COMMA name)*                                 # drop
  | K_RENAME renaming (COMMA renaming)*                       # rename
  | K_EXPLODE expression (K_AS name (COMMA name)*)? (K_POSITION name)? (K_KEEP K_EMPTY)?   # explode
  | K_DEDUP K_ON selectItem (COMMA selectItem)* (K_WITHIN span)?                           # dedup
  | join joinPart*                                            # joinStep
  | K_AGGREGATE (selectItem (COMMA selectItem)*)? groupBy?    # aggregate
  | K_UNION K_ALL? reference (COMMA reference)*               # union
  | K_LIMIT INTEGER                                           # limit
  ;
renaming : name K_AS name ;
joinPart
  : within                                                    # joinWithin
  | K_WHERE expression                                        # joinWhere
  | K_SELECT (selectItem (COMMA selectItem)* | OPEN CLOSE)     # joinSelect
  ;
within : K_WITHIN span (K_AND span)? ;
span : MINUS? interval | STRING | VARIABLE ;

// Loosest first: OR, AND, NOT, predicates, then the arithmetic of `value`.
expression
  : predicate                                                 # condition
  | K_NOT expression                                          # not
  | expression K_AND expression                               # and
  | expression K_OR expression                                # or
  ;

predicate
  : value                                                     # operand
  | predicate comparison value                                # compare
  | predicate K_IS K_NOT? truth                               # is
  | predicate K_NOT? test                                     # negatable
  ;

comparison : EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL | NULL_SAFE_EQUAL ;

truth : K_NULL | K_TRUE | K_FALSE | K_DISTINCT K_FROM value ;

test
  : K_IN OPEN expression (COMMA expression)* CLOSE            # in
  | K_BETWEEN value K_AND value                               # between
  | K_LIKE value (K_ESCAPE value)?                            # like
  | K_ILIKE value                                             # ilike
  | K_RLIKE value                                             # rlike
  ;

value
  : primary                                                   # single
  | (MINUS | PLUS | TILDE) value                              # sign
  | value (STAR | SLASH | PERCENT | K_DIV) value              # arithmetic
  | value (PLUS | MINUS) value                                # arithmetic
  | value CONCAT value                                        # arithmetic
  | value AMPERSAND value                                     # arithmetic
  | value HAT value                                           # arithmetic
  | value BAR value                                           # arithmetic
  ;

primary
  : literal                                                   # constant
  | K_CASE expression? branch+ (K_ELSE expression)? K_END     # case
  | (K_CAST | K_TRY_CAST) OPEN expression K_AS typeName CLOSE # cast
  | K_EXTRACT OPEN name K_FROM expression CLOSE               # extract
  | function OPEN (STAR | K_DISTINCT? expression (COMMA expression)*)? CLOSE filter? over? # call
  | name (DOT anyName)*                                       # column
  | VARIABLE                                                  # variable
  | OPEN expression CLOSE                                     # parentheses
  | primary DOUBLE_COLON typeName                             # shortCast
  | primary COLON jsonPath                                    # path
  | primary OPEN_BRACKET expression CLOSE_BRACKET             # element
  | primary DOT anyName                                       # field
  ;

// * and DISTINCT are of aggregates, as is FILTER.
filter : K_FILTER OPEN K_WHERE expression CLOSE ;

over
  : K_OVER OPEN (K_PARTITION K_BY expression (COMMA expression)*)? (K_ORDER K_BY ordering (COMMA ordering)*)? frame? CLOSE
  ;
ordering : expression (K_ASC | K_DESC)? (K_NULLS (K_FIRST | K_LAST))? ;
frame
  : (K_ROWS | K_RANGE) K_BETWEEN frameStart K_AND K_CURRENT K_ROW
  | (K_ROWS | K_RANGE) frameStart
  ;
frameStart : K_UNBOUNDED K_PRECEDING | literal K_PRECEDING | K_CURRENT K_ROW ;

branch : K_WHEN expression K_THEN expression ;

literal
  : INTEGER | DECIMAL | EXPONENT | STRING | BYTES | K_TRUE | K_FALSE | K_NULL
  | K_DATE STRING
  | K_TIMESTAMP STRING
  | K_INTERVAL STRING IDENTIFIER?
  | K_INTERVAL (INTEGER IDENTIFIER)+
  ;

typeName
  : (K_DOUBLE K_PRECISION | name) (OPEN INTEGER (COMMA INTEGER)* CLOSE)? (OPEN_BRACKET CLOSE_BRACKET)*
  | name LESS typePart (COMMA typePart)* GREATER (OPEN_BRACKET CLOSE_BRACKET)*
  ;
typePart : (name COLON?)? typeName (K_NOT K_NULL)? ;

jsonPath : (anyName | subscript) (DOT anyName | subscript)* ;
subscript : OPEN_BRACKET (INTEGER | STRING) CLOSE_BRACKET ;

function : IDENTIFIER | QUOTED | soft | K_LIKE | K_ILIKE | K_RLIKE ;
name : IDENTIFIER | QUOTED | soft | K_CAST | K_TRY_CAST | K_EXTRACT ;
// After a dot or a colon nothing but a name can stand.
anyName
  : name | K_AND | K_OR | K_NOT | K_IS | K_IN | K_BETWEEN | K_LIKE | K_ILIKE | K_RLIKE | K_CASE | K_WHEN | K_THEN | K_ELSE | K_NULL | K_TRUE
  | K_FALSE
  ;
soft
  : K_AS | K_DATE | K_DISTINCT | K_DIV | K_DOUBLE | K_END | K_ESCAPE | K_FILTER | K_FROM | K_INTERVAL | K_PRECISION | K_TIMESTAMP | K_WHERE
  | K_ASC | K_BY | K_CURRENT | K_DESC | K_FIRST | K_LAST | K_NULLS | K_ORDER | K_OVER | K_PARTITION | K_PRECEDING | K_RANGE | K_ROW | K_ROWS
  | K_UNBOUNDED
  | K_ADVANCE | K_AGGREGATE | K_ALL | K_ANTI | K_CHECK | K_CONNECTION | K_CRASH | K_CREATE | K_CROSS | K_DEDUP | K_DESCRIPTOR | K_DROP | K_EMPTY
  | K_EXPECT | K_EXPLODE | K_EXTEND | K_FOR | K_FULL | K_FUNCTION | K_GIVEN | K_GROUP | K_HAVING | K_IDLE | K_INCLUDE | K_INNER | K_INSERT | K_INTO | K_JOIN
  | K_KEEP | K_KEY | K_LANGUAGE | K_LEFT | K_LIMIT | K_METADATA | K_NATURAL | K_ON | K_OUTER | K_PIPELINE | K_POSITION | K_PRIMARY | K_RENAME
  | K_REPORT | K_RESTART | K_RETURNS | K_RIGHT | K_SELECT | K_SEMI | K_SINK | K_SOURCE | K_STREAM | K_TABLE | K_TEST | K_UNION | K_USING | K_VALUES
  | K_WATERMARK | K_WITH | K_WITHIN
  ;

K_ADVANCE : A D V A N C E ;
K_AGGREGATE : A G G R E G A T E ;
K_ALL : A L L ;
K_AND : A N D ;
K_ANTI : A N T I ;
K_AS : A S ;
K_ASC : A S C ;
K_BETWEEN : B E T W E E N ;
K_BY : B Y ;
K_CASE : C A S E ;
K_CAST : C A S T ;
K_CHECK : C H E C K ;
K_CONNECTION : C O N N E C T I O N ;
K_CRASH : C R A S H ;
K_CREATE : C R E A T E ;
K_CROSS : C R O S S ;
K_CURRENT : C U R R E N T ;
K_DATE : D A T E ;
K_DEDUP : D E D U P ;
K_DESC : D E S C ;
K_DESCRIPTOR : D E S C R I P T O R ;
K_DISTINCT : D I S T I N C T ;
K_DIV : D I V ;
K_DOUBLE : D O U B L E ;
K_DROP : D R O P ;
K_ELSE : E L S E ;
K_EMPTY : E M P T Y ;
K_END : E N D ;
K_ESCAPE : E S C A P E ;
K_EXPECT : E X P E C T ;
K_EXPLODE : E X P L O D E ;
K_EXTEND : E X T E N D ;
K_EXTRACT : E X T R A C T ;
K_FALSE : F A L S E ;
K_FILTER : F I L T E R ;
K_FIRST : F I R S T ;
K_FOR : F O R ;
K_FROM : F R O M ;
K_FULL : F U L L ;
K_FUNCTION : F U N C T I O N ;
K_GIVEN : G I V E N ;
K_GROUP : G R O U P ;
K_HAVING : H A V I N G ;
K_IDLE : I D L E ;
K_ILIKE : I L I K E ;
K_IN : I N ;
K_INCLUDE : I N C L U D E ;
K_INNER : I N N E R ;
K_INSERT : I N S E R T ;
K_INTERVAL : I N T E R V A L ;
K_INTO : I N T O ;
K_IS : I S ;
K_JOIN : J O I N ;
K_KEEP : K E E P ;
K_KEY : K E Y ;
K_LANGUAGE : L A N G U A G E ;
K_LAST : L A S T ;
K_LEFT : L E F T ;
K_LIKE : L I K E ;
K_LIMIT : L I M I T ;
K_METADATA : M E T A D A T A ;
K_NATURAL : N A T U R A L ;
K_NOT : N O T ;
K_NULL : N U L L ;
K_NULLS : N U L L S ;
K_ON : O N ;
K_OR : O R ;
K_ORDER : O R D E R ;
K_OUTER : O U T E R ;
K_OVER : O V E R ;
K_PARTITION : P A R T I T I O N ;
K_PIPELINE : P I P E L I N E ;
K_POSITION : P O S I T I O N ;
K_PRECEDING : P R E C E D I N G ;
K_PRECISION : P R E C I S I O N ;
K_PRIMARY : P R I M A R Y ;
K_RANGE : R A N G E ;
K_RENAME : R E N A M E ;
K_REPORT : R E P O R T ;
K_RESTART : R E S T A R T ;
K_RETURNS : R E T U R N S ;
K_RIGHT : R I G H T ;
K_RLIKE : R L I K E | R E G E X P ;
K_ROW : R O W ;
K_ROWS : R O W S ;
K_SELECT : S E L E C T ;
K_SEMI : S E M I ;
K_SINK : S I N K ;
K_SOURCE : S O U R C E ;
K_STREAM : S T R E A M ;
K_TABLE : T A B L E ;
K_TEST : T E S T ;
K_THEN : T H E N ;
K_TIMESTAMP : T I M E S T A M P ;
K_TRUE : T R U E ;
K_TRY_CAST : T R Y '_' C A S T ;
K_UNBOUNDED : U N B O U N D E D ;
K_UNION : U N I O N ;
K_USING : U S I N G ;
K_VALUES : V A L U E S ;
K_WATERMARK : W A T E R M A R K ;
K_WHEN : W H E N ;
K_WHERE : W H E R E ;
K_WITH : W I T H ;
K_WITHIN : W I T H I N ;

EQUAL : '=' '='? ;
NOT_EQUAL : '<>' | '!=' ;
LESS : '<' ;
LESS_EQUAL : '<=' ;
GREATER : '>' ;
GREATER_EQUAL : '>=' ;
NULL_SAFE_EQUAL : '<=>' ;
PLUS : '+' ;
MINUS : '-' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
CONCAT : '||' ;
AMPERSAND : '&' ;
HAT : '^' ;
BAR : '|' ;
TILDE : '~' ;
OPEN : '(' ;
CLOSE : ')' ;
OPEN_BRACKET : '[' ;
CLOSE_BRACKET : ']' ;
COMMA : ',' ;
DOT : '.' ;
COLON : ':' ;
DOUBLE_COLON : '::' ;
SEMICOLON : ';' ;
PIPE : '|>' ;

INTEGER : DIGIT+ ;
DECIMAL : DIGIT+ '.' DIGIT* | '.' DIGIT+ ;
EXPONENT : (DIGIT+ ('.' DIGIT*)? | '.' DIGIT+) [eE] [+-]? DIGIT+ ;
BYTES : [xX] '\'' ~'\''* '\'' ;
STRING : '\'' (~'\'' | '\'\'')* '\'' ;
QUOTED : '`' (~'`' | '``')* '`' | '"' (~'"' | '""')* '"' ;
DOLLAR_STRING : '$$' .*? '$$' ;
VARIABLE : '${' (INNER_1 | ~[{}\r\n])* '}' ;
IDENTIFIER : LETTER (LETTER | DIGIT | '$')* ;

BLANKS : [ \t\r\n\f\u00A0\uFEFF]+ -> skip ;
LINE_COMMENT : '--' ~[\r\n]* -> skip ;
BLOCK_COMMENT : '/*' .*? '*/' -> skip ;

UNCLOSED_STRING : [xX]? '\'' (~'\'' | '\'\'')* ;
UNCLOSED_NAME : '`' (~'`' | '``')* | '"' (~'"' | '""')* ;
UNCLOSED_COMMENT : '/*' (~'*' | '*'+ ~[*/])* '*'* ;
UNCLOSED_DOLLAR : '$$' (~'$' | '$' ~'$')* '$'? ;
UNKNOWN : . ;

// Variables in the default of one, three deep: with a rule within itself, a text of many that are not closed would be read from each of them to its end.
fragment INNER_1 : '${' (INNER_2 | ~[{}\r\n])* '}' ;
fragment INNER_2 : '${' (INNER_3 | ~[{}\r\n])* '}' ;
fragment INNER_3 : '${' ~[{}\r\n]* '}' ;
fragment DIGIT : [0-9] ;
fragment LETTER : [\p{L}_] ;
fragment A : [aA] ; fragment B : [bB] ; fragment C : [cC] ;
fragment D : [dD] ; fragment E : [eE] ; fragment F : [fF] ;
fragment G : [gG] ; fragment H : [hH] ; fragment I : [iI] ;
fragment J : [jJ] ; fragment K : [kK] ; fragment L : [lL] ;
fragment M : [mM] ; fragment N : [nN] ; fragment O : [oO] ;
fragment P : [pP] ; fragment Q : [qQ] ; fragment R : [rR] ;
fragment S : [sS] ; fragment T : [tT] ; fragment U : [uU] ;
fragment V : [vV] ; fragment W : [wW] ; fragment X : [xX] ;
fragment Y : [yY] ; fragment Z : [zZ] ;
