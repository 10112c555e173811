import type { SeedingFailureCode } from '../../src/domain/failure-codes.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { SeedingClient } from '../../src/reactors/seeding-reactor.ts'

type Served = Result<null, { readonly code: SeedingFailureCode }>

/** A torrent client without torrents: it serves what it is told to, unless a test says otherwise. */
export interface SeedingClientInMemory extends SeedingClient<{ readonly infoHash: InfoHash }> {
  /** What it was told to do, in order. */
  readonly calls: readonly string[]
  /** Decides how serving ends; may take its time. */
  answerWith(answer: (infoHash: InfoHash) => Served | Promise<Served>): void
  failWith(code: SeedingFailureCode | null): void
  /** Its process ends, and serves nothing until `restart`. */
  die(): void
  restart(): void
}

export function createSeedingClientInMemory(): SeedingClientInMemory {
  const calls: string[] = []
  const active = new Set<InfoHash>()
  let isUp = true
  let answer: (infoHash: InfoHash) => Served | Promise<Served> = () => ok(null)
  return {
    calls,
    isUp: () => isUp,
    active: () => new Set(active),
    async serve({ infoHash }, check) {
      calls.push(`serve ${Number.parseInt(infoHash, 16)} ${check}`)
      const served = await answer(infoHash)
      if (served.ok) active.add(infoHash)
      return served
    },
    async drop(infoHash) {
      calls.push(`drop ${Number.parseInt(infoHash, 16)}`)
      active.delete(infoHash)
    },
    answerWith: (next) => void (answer = next),
    failWith: (code) => void (answer = () => (code === null ? ok(null) : err({ code }))),
    die: () => {
      isUp = false
      active.clear()
    },
    restart: () => void (isUp = true),
  }
}
