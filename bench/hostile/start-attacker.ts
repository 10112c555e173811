import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Target } from './attack.ts'
import type { AttackName } from './attacks.ts'

/** What happened to an attacker, by a word for each: opened, closed, a status of HTTP or the code of a close. */
export type Counts = Readonly<Record<string, number>>

/** An attack by a process of its own. */
export interface Attacker {
  /** Has it begin. Resolves once all of the attack is under way. */
  readonly attack: () => Promise<void>
  /** Says what happened so far. */
  readonly counts: () => Promise<Counts>
  /** Ends the process at once: the system closes whatever it has open. */
  readonly kill: () => Promise<void>
}

/** Starts a process that could attack. @throws When it ends before. */
export async function startAttacker(name: AttackName, target: Target): Promise<Attacker> {
  const child = fork(join(import.meta.dirname, 'attacker-process.ts'), [name, JSON.stringify(target)])
  const exited = once(child, 'exit')
  const message = async (): Promise<{ readonly counts?: Counts }> =>
    Promise.race([
      once(child, 'message').then(([said]) => said as { readonly counts?: Counts }),
      exited.then(([code, signal]) => {
        throw new Error(`Cannot attack: the process of "${name}" ended with ${String(signal ?? code)}`)
      }),
    ])
  const ask = async (): ReturnType<typeof message> => {
    const answer = message()
    child.send({})
    return answer
  }
  await message()
  return {
    attack: async () => void (await ask()),
    counts: async () => (await ask()).counts ?? {},
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
