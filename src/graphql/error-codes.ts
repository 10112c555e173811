/**
 * The codes of errors, and what each means: what a client reads in `extensions.code`, over every transport. Refusals of
 * mutations are no errors, and have codes of their own; faults of the node are INTERNAL_SERVER_ERROR, or DISK_FULL.
 */
export const ERROR_CODES = {
  BAD_REQUEST: 'What was sent is no operation, such as JSON that cannot be read. The message says what is missing.',
  BAD_USER_INPUT:
    'A value does not have the shape that its place asks for. `path`, `extensions.argument` or the message name the place; the message says what would be right.',
  BUSY: 'The node reads as many long requests as it can. Try again in a moment.',
  CURSOR_MALFORMED: 'The cursor is none that this API gave out. Give one that it did, or `"START"`.',
  CURSOR_NOT_IN_THIS_LOG:
    'The cursor names an event of another log, or one that was lost when the log was brought back from a back-up. Begin at `"START"`, or live.',
  DISK_FULL: 'The node cannot write, as its disk is full. Make room, and send it again.',
  FORBIDDEN: 'The token does not give the right. `extensions.rule` names what would ([access.md](access.md)).',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL. `locations` says where.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema. `locations` and `path` say where.',
  INTERNAL_SERVER_ERROR:
    'A fault of the node, which its log tells under `extensions.correlationId` (over HTTP `X-Correlation-Id` too).',
  JSON_TOO_DEEP: 'The JSON of the request nests deeper than anything that the schema asks for. Send it flatter.',
  JSON_TOO_MANY_VALUES: 'The JSON of the request holds more values than any operation takes. Send less at a time.',
  KEYS_UNAVAILABLE: 'The keys of the issuer cannot be had, so a JWT cannot be checked. Try again in a moment.',
  LOG_ALTERED: 'The log is not what was signed. `seedbank verify-log` says where.',
  OPERATION_RESOLUTION_FAILURE: 'The document holds several operations. Name one with `operationName`.',
  PERSISTED_QUERY_NOT_IN_LIST: 'The node answers the operations of its list alone, and this is none of them.',
  POSITION_BEYOND_HEAD: 'The position is behind the newest event. `status.headPosition` is where the log ends.',
  QUERY_TOO_COSTLY: 'The operation would answer too many fields. Ask for smaller pages, or fewer fields.',
  QUERY_TOO_DEEP: 'The selection sets nest too deep. Ask in two operations.',
  QUERY_TOO_LONG: 'The document is too long. Give values as variables.',
  RATE_LIMITED: 'Too many operations at a time. Try again after `extensions.retryAfterSeconds`.',
  REQUEST_TIMEOUT: 'The request did not come whole in time. Send it again.',
  REQUEST_TOO_LONG:
    'The request is longer than this caller may send. Send less at a time, or with a token that may more.',
  TIME_BEFORE_LOG: 'At that time nothing was recorded yet. Ask for a later one.',
  TOO_MANY_CONNECTIONS: 'Too many WebSockets of this address wait for `connection_init`. Send it, or close them.',
  TOO_MANY_OPERATIONS: 'The connection has too many operations under way. End some, or open another.',
  TOO_MANY_SUBSCRIPTIONS: 'The caller follows too much at a time. End some first.',
  UNAUTHENTICATED: 'The field is for who shows a token, or the one shown is no good. Send a good one.',
} as const

/** What `extensions.code` of an error may be. */
export type ErrorCode = keyof typeof ERROR_CODES
