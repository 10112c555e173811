import type { CommandMeta } from '../../commands/command-meta.ts'
import type { Wishes } from '../../graphql/wishes.ts'
import { createLocks } from '../locks.ts'

/**
 * Lets a wish that is sent once more, while it is being prepared, wait for the first: then it finds the answer of that. Side by
 * side the second could be refused before the first is granted, and its client would be told the wrong one of the two.
 */
export function answerInTurn(wishes: Wishes): Wishes {
  const turns = createLocks<string>()
  const inTurn =
    <Args extends readonly unknown[], Answer>(wish: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      const { actor, idempotency } = args.at(-1) as CommandMeta // Each wish takes it last.
      return idempotency === null ? wish(...args) : turns.hold(`${actor} ${idempotency.key}`, async () => wish(...args))
    }
  // The same names, and each with the parameters and the answer that it had.
  const entries = Object.entries(wishes as unknown as Readonly<Record<string, (...args: never[]) => Promise<unknown>>>)
  return Object.fromEntries(entries.map(([name, wish]) => [name, inTurn(wish)])) as unknown as Wishes
}
