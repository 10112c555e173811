import type { Settings } from '../app/settings.ts'
import type { GivenSetting } from './given-settings.ts'
import { variableOf } from './setting-names.ts'

/** A node that answers what is on a list alone, and has no list, answers its followers alone. @returns A line where that is set. */
export function findListOfNothing(
  { onlyPersisted, persistedOperations }: Pick<Settings, 'onlyPersisted' | 'persistedOperations'>,
  given: readonly GivenSetting[],
): readonly string[] {
  if (!onlyPersisted || persistedOperations !== null) return []
  const source = given.find(({ name }) => name === 'onlyPersisted')?.source ?? variableOf('onlyPersisted')
  const list = variableOf('persistedOperations')
  return [`${list} must be set too where ${source} is on: without a list, no client is answered`]
}
