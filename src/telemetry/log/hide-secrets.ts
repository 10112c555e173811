/** What stands where a secret stood. */
const HIDDEN = '[hidden]'

/** Names of fields whose values nobody who reads a log is to see, in any case. */
const NAME =
  '(?:[\\w-]{0,40}(?:authorization|cookie|token|secret|password|passphrase)|(?:private|signing|api)[-_]?key|seed)'

/** The value of such a field: a text, or what is made of bytes. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^{}]*\}|-?\d+)`

/**
 * What a secret looks like in a line of JSON, and what is written in its place. Each takes a time that is linear in the
 * length of the line.
 */
const SECRETS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  // Keys as PEM, over several lines.
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g, HIDDEN],
  // Fields, also those of JSON within a text. `d` is the private part of a JSON Web Key.
  [new RegExp(`("${NAME}":\\s*)${VALUE}`, 'gi'), `$1"${HIDDEN}"`],
  [new RegExp(String.raw`(\\+"${NAME}\\+":\s*\\+")[^"\\]+`, 'gi'), `$1${HIDDEN}`],
  [/(\\*"d\\*":\s*\\*")[\w-]{40,}/g, `$1${HIDDEN}`],
  // Headers, wherever they are quoted, and JSON Web Tokens.
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, HIDDEN],
  // Tokens of a node, whose id is no secret, what its command line shows, and what deliveries are signed with.
  [/(sbt_[0-9a-f]{16}_)[\w-]{8,}/g, `$1${HIDDEN}`],
  [/(sbr_)[\w-]{8,}/g, `$1${HIDDEN}`],
  [/(whsec_)[\w+/=-]{8,}/g, `$1${HIDDEN}`],
  // Parameters of URLs, and user names with passwords in front of a host.
  [/(\b(?:access_token|token|secret|password|api_?key|passkey)=)[^&\s"'\\]+/gi, `$1${HIDDEN}`],
  [/([?&#](?:key|sig)=)[^&\s"'\\]+/gi, `$1${HIDDEN}`],
  [/(:\/\/)[^/\s"'@\\]{1,200}@/g, `$1${HIDDEN}@`],
]

/**
 * Takes out of a line of JSON what would let its reader speak or sign for somebody else: tokens, headers, passwords, private
 * keys. What is left is JSON.
 *
 * It goes by names and by shapes: a net under the rule that no secret is logged, and no leave to log one.
 */
export function hideSecrets(line: string): string {
  return SECRETS.reduce((shown, [pattern, instead]) => shown.replace(pattern, instead), line)
}
