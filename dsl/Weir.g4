// Weir.g4 — the grammar of SQL expressions; statements of the DSL will be added around it.
//
// Keywords are soft: those that cannot start or join an expression are ordinary names too (rule `soft`). The lexer accepts every text: what
// is no token becomes an UNCLOSED_… or UNKNOWN one, so that one place (dsl/token_check.cpp) words all lexical errors.
grammar Weir;

standalone : expression EOF ;

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
  : (K_DOUBLE K_PRECISION | name) (OPEN INTEGER (COMMA INTEGER)* CLOSE)?
  | name LESS typePart (COMMA typePart)* GREATER
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
  ;

K_AND : A N D ;
K_AS : A S ;
K_ASC : A S C ;
K_BETWEEN : B E T W E E N ;
K_BY : B Y ;
K_CASE : C A S E ;
K_CAST : C A S T ;
K_CURRENT : C U R R E N T ;
K_DATE : D A T E ;
K_DESC : D E S C ;
K_DISTINCT : D I S T I N C T ;
K_DIV : D I V ;
K_DOUBLE : D O U B L E ;
K_ELSE : E L S E ;
K_END : E N D ;
K_ESCAPE : E S C A P E ;
K_EXTRACT : E X T R A C T ;
K_FALSE : F A L S E ;
K_FILTER : F I L T E R ;
K_FIRST : F I R S T ;
K_FROM : F R O M ;
K_ILIKE : I L I K E ;
K_IN : I N ;
K_INTERVAL : I N T E R V A L ;
K_IS : I S ;
K_LAST : L A S T ;
K_LIKE : L I K E ;
K_NOT : N O T ;
K_NULL : N U L L ;
K_NULLS : N U L L S ;
K_OR : O R ;
K_ORDER : O R D E R ;
K_OVER : O V E R ;
K_PARTITION : P A R T I T I O N ;
K_PRECEDING : P R E C E D I N G ;
K_PRECISION : P R E C I S I O N ;
K_RANGE : R A N G E ;
K_RLIKE : R L I K E | R E G E X P ;
K_ROW : R O W ;
K_ROWS : R O W S ;
K_THEN : T H E N ;
K_TIMESTAMP : T I M E S T A M P ;
K_TRUE : T R U E ;
K_TRY_CAST : T R Y '_' C A S T ;
K_UNBOUNDED : U N B O U N D E D ;
K_WHEN : W H E N ;
K_WHERE : W H E R E ;

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

INTEGER : DIGIT+ ;
DECIMAL : DIGIT+ '.' DIGIT* | '.' DIGIT+ ;
EXPONENT : (DIGIT+ ('.' DIGIT*)? | '.' DIGIT+) [eE] [+-]? DIGIT+ ;
BYTES : [xX] '\'' ~'\''* '\'' ;
STRING : '\'' (~'\'' | '\'\'')* '\'' ;
QUOTED : '`' (~'`' | '``')* '`' | '"' (~'"' | '""')* '"' ;
IDENTIFIER : LETTER (LETTER | DIGIT | '$')* ;

BLANKS : [ \t\r\n\f\u00A0\uFEFF]+ -> skip ;
LINE_COMMENT : '--' ~[\r\n]* -> skip ;
BLOCK_COMMENT : '/*' .*? '*/' -> skip ;

UNCLOSED_STRING : [xX]? '\'' (~'\'' | '\'\'')* ;
UNCLOSED_NAME : '`' (~'`' | '``')* | '"' (~'"' | '""')* ;
UNCLOSED_COMMENT : '/*' (~'*' | '*'+ ~[*/])* '*'* ;
UNKNOWN : . ;

fragment DIGIT : [0-9] ;
fragment LETTER : [\p{L}_] ;
fragment A : [aA] ;
fragment B : [bB] ;
fragment C : [cC] ;
fragment D : [dD] ;
fragment E : [eE] ;
fragment F : [fF] ;
fragment G : [gG] ;
fragment H : [hH] ;
fragment I : [iI] ;
fragment K : [kK] ;
fragment L : [lL] ;
fragment M : [mM] ;
fragment N : [nN] ;
fragment O : [oO] ;
fragment P : [pP] ;
fragment R : [rR] ;
fragment S : [sS] ;
fragment T : [tT] ;
fragment U : [uU] ;
fragment V : [vV] ;
fragment W : [wW] ;
fragment X : [xX] ;
fragment Y : [yY] ;
