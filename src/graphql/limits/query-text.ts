import { Lexer, Source, TokenKind } from 'graphql'
import { limitError } from './limit-error.ts'

/** Room for a thousand messages of seven fields each, written out. */
export const MAX_TOKENS = 30_000

/** As long as reading it letter by letter, twice, takes hundredths of a second. */
const MAX_LETTERS = 1_000_000

/** How deep brackets of any kind stand in one another: the parser recurses, and must not run out of stack. */
const MAX_NESTING = 50

/** Each may begin a comment, and the lexer keeps every comment that it reads. */
const MAX_NUMBER_SIGNS = 10_000

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/**
 * Looks through the text of a document, before it is parsed, in one pass without recursion.
 *
 * @throws GraphQLError QUERY_TOO_LONG or QUERY_TOO_DEEP; a syntax error where there is no token to be read.
 */
export function checkText(text: string): void {
  if (text.length > MAX_LETTERS) {
    throw limitError('QUERY_TOO_LONG', `A query may have ${MAX_LETTERS} letters. Send variables.`)
  }
  checkComments(text)
  const lexer = new Lexer(new Source(text))
  let nesting = 0
  for (let tokens = 1; lexer.advance().kind !== TokenKind.EOF; tokens += 1) {
    if (tokens > MAX_TOKENS)
      throw limitError('QUERY_TOO_LONG', `A query may have ${MAX_TOKENS} tokens. Send variables.`)
    const { kind } = lexer.token
    if (OPENING.has(kind)) nesting += 1
    else if (CLOSING.has(kind)) nesting -= 1
    if (nesting > MAX_NESTING) {
      throw limitError('QUERY_TOO_DEEP', `Brackets may stand ${MAX_NESTING} deep in one another.`)
    }
  }
}

function checkComments(text: string): void {
  let found = 0
  for (let at = text.indexOf('#'); at !== -1; at = text.indexOf('#', at + 1)) {
    found += 1
    if (found > MAX_NUMBER_SIGNS) {
      throw limitError('QUERY_TOO_LONG', `A query may have ${MAX_NUMBER_SIGNS} number signs. Leave out comments.`)
    }
  }
}

/** What may be read and validated at the price of one operation: a millisecond or two. */
const LETTERS_OF_ONE = 4096

/** What a document costs before anything is known of it but its length: a long one takes time also where it is refused. */
export function pointsOfText(query: unknown): number {
  return typeof query === 'string' ? Math.floor(query.length / LETTERS_OF_ONE) : 0
}
