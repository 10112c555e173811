/** Whether each part of the node is well, by name. */
export type Checks = Readonly<Record<string, () => boolean | Promise<boolean>>>

/** What is answered to who asks for the health of the node. */
export interface Health {
  readonly isWell: boolean
  /** By the name of each check. One that threw is not well either. */
  readonly checks: Readonly<Record<string, boolean>>
}

/** Checks all parts at once. Never throws. */
export async function checkHealth(checks: Checks): Promise<Health> {
  const names = Object.keys(checks)
  const outcomes = await Promise.allSettled(Object.values(checks).map(async (check) => check()))
  const results = outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)
  const entries = names.map((name, index) => [name, results[index] ?? false] as const)
  return { isWell: results.every(Boolean), checks: Object.fromEntries(entries) }
}
