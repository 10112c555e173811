/**
 * What stands for a file or folder that is not there, for the `catch` of what node:fs/promises does with it.
 *
 * @returns Takes what was thrown: gives the value for ENOENT, and throws all else on.
 */
export function whenMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value
    throw error
  }
}
