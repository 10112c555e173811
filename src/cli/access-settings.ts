import { err, ok } from '../domain/result.ts'
import type { SettingDefinitions } from './setting-definition.ts'
import { oneOf, orNull, parseFolder, type SettingParser } from './setting-parsers.ts'
import type { Settings } from '../app/settings.ts'

type AccessSetting = 'auth' | 'jwtIssuer' | 'jwtAudience' | 'jwks'

/** Parses a claim of a token, which is compared letter by letter. */
const parseClaim: SettingParser<string> = (text) =>
  /^[\x21-\x7e]{1,500}$/.test(text) ? ok(text) : err('1 to 500 characters without spaces')

/** Parses where keys are: a URL that nobody on the way can change the answer of, or a file. */
const parseKeySetPlace: SettingParser<NonNullable<Settings['jwks']>> = (text) => {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    const path = parseFolder(text)
    return path.ok ? ok({ type: 'FILE', path: path.value }) : err('an https URL or the path of a file')
  }
  const url = URL.parse(text)
  const isHere = url?.protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  return url?.protocol === 'https:' || (url !== null && isHere)
    ? ok({ type: 'URL', url: url.href })
    : err('an https URL (http on a loopback address alone) or the path of a file')
}

/** Who is let in, and how it is told. */
export const ACCESS_SETTINGS: SettingDefinitions<AccessSetting> = {
  auth: {
    group: 'API',
    placeholder: 'auto|required',
    default: 'auto',
    description:
      'Whether a token is needed: required (do so behind any proxy), or auto: where address, public URL, allowed hosts or origins let others in.',
    parse: oneOf('auto', 'required'),
  },
  jwtIssuer: {
    group: 'API',
    placeholder: 'issuer',
    default: 'none',
    description: 'The issuer whose JWTs are taken, beside tokens of this node, as their "iss" claim has it.',
    parse: orNull('none', parseClaim),
  },
  jwtAudience: {
    group: 'API',
    placeholder: 'audience',
    default: 'none',
    description: 'The "aud" claim that JWTs must have, so that those for others are not taken.',
    parse: orNull('none', parseClaim),
  },
  jwks: {
    group: 'API',
    placeholder: 'url|file',
    default: 'none',
    description: 'The public keys of the issuer (JSON Web Key Set): an https URL or a file.',
    parse: orNull('none', parseKeySetPlace),
  },
}
