import type { Settings } from '../app/settings.ts'
import type { GivenSetting } from './given-settings.ts'
import { variableOf, type SettingName } from './setting-names.ts'

/** What an issuer takes, all or nothing. @returns A line for each setting that is missing, or useless without another. */
export function findHalfAnIssuer(
  { jwtIssuer, jwtAudience, jwks }: Pick<Settings, 'jwtIssuer' | 'jwtAudience' | 'jwks'>,
  given: readonly GivenSetting[],
): readonly string[] {
  const nameOf = (name: SettingName): string => given.find((each) => each.name === name)?.source ?? variableOf(name)
  const rest = { jwtAudience, jwks } as const
  return (Object.keys(rest) as (keyof typeof rest)[]).flatMap((name) => {
    if (jwtIssuer !== null && rest[name] === null) {
      return [
        `${variableOf(name)} must be set too where ${nameOf('jwtIssuer')} is: its tokens cannot be checked without`,
      ]
    }
    const isUseless = jwtIssuer === null && rest[name] !== null
    return isUseless ? [`${nameOf(name)} is set, but no ${variableOf('jwtIssuer')} whose tokens it could be for`] : []
  })
}
