import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { PlainFetch } from './plain-leecher.ts'
import { withinLimit } from './within-limit.ts'

/** Fetches with a plain webtorrent, in a process of its own. @returns Milliseconds from the magnet link to the last piece. */
export async function fetchPlain(fetch: PlainFetch): Promise<number> {
  const leecher = fork(join(import.meta.dirname, 'plain-leecher.ts'))
  const ended = once(leecher, 'exit')
  const told = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(leecher, 'message'), ended])) as [unknown]
    if (leecher.exitCode !== null) throw new Error(`Cannot measure: the client ended with code ${leecher.exitCode}`)
    return message
  }
  try {
    await told()
    leecher.send(fetch)
    return Number(await withinLimit('a plain download', told()))
  } finally {
    leecher.kill('SIGKILL')
    await ended
  }
}
