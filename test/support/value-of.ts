import type { Result } from '../../src/domain/result.ts'

/** The value of a result that must be one. */
export function valueOf<Value, Refused>(result: Result<Value, Refused>): Value {
  if (!result.ok) throw new Error(`Expected a value, found ${JSON.stringify(result.error)}`)
  return result.value
}
