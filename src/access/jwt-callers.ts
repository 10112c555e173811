import { err, ok, type Result } from '../domain/result.ts'
import type { UnixMillis } from '../domain/time.ts'
import type { Caller, CredentialsRefused } from '../graphql/caller.ts'
import { hashSecret } from './access-secret.ts'
import type { AccessClock, Admitted, LiveCallers } from './live-callers.ts'
import type { VerifyJwt } from './verify-jwt.ts'

export interface JwtCallersPorts {
  readonly verify: VerifyJwt
  readonly callers: LiveCallers
  readonly clock: AccessClock
  /** Told, now and then, that JWTs cannot be checked. */
  readonly onFault: (fault: unknown) => void
}

/** How often it is told that JWTs cannot be checked, in milliseconds: anybody can send one. */
const TELL_EVERY_MS = 60_000
/** How often those are checked who hold something open, and show their JWT no more. */
const CHECK_EVERY_MS = 600_000
/** How long those who are known are let in without a check after one could not be made: else each would wait for the issuer. */
const REST_MS = 30_000

/** Those who showed a JWT that is still good. */
export class JwtCallers {
  readonly #ports: JwtCallersPorts
  /** The JWT of each caller that is not ended, to be checked again. */
  readonly #shown = new Map<string, string>()
  /** Ends the checks that nobody asks for. */
  readonly stop: () => void
  #toldAt = -Infinity
  #failedAt = -Infinity

  /** Nobody has shown one yet. */
  constructor(ports: JwtCallersPorts) {
    this.#ports = ports
    this.stop = repeat(ports.clock, async () => this.#checkAll())
  }

  /** Checks a JWT each time it is shown; the caller of one that is good is the same object each time. */
  async know(token: string): Promise<Result<Caller, CredentialsRefused>> {
    const { verify, callers } = this.#ports
    const key = hashSecret(token)
    const known = callers.find(key)
    if (known !== null && this.#isWithin(REST_MS, this.#failedAt)) return ok(known)
    try {
      const admitted = await verify(token)
      // Shown twice at once, it is one caller all the same.
      if (admitted.ok) return ok(callers.find(key) ?? this.#admit(key, token, admitted.value))
      callers.end(key)
      return admitted
    } catch (fault) {
      this.#note(fault)
      const kept = callers.find(key)
      if (kept !== null) return ok(kept)
      return err({ type: 'KeysUnavailable', message: 'The JWT cannot be checked now: try again in a moment.' })
    }
  }

  #admit(key: string, token: string, admitted: Admitted): Caller {
    const caller = this.#ports.callers.admit(key, admitted)
    this.#shown.set(key, token)
    caller.ended?.addEventListener('abort', () => this.#shown.delete(key))
    return caller
  }

  async #checkAll(): Promise<void> {
    const { verify, callers } = this.#ports
    for (const [key, token] of this.#shown) {
      try {
        if (!(await verify(token)).ok) callers.end(key)
      } catch (fault) {
        this.#note(fault)
        return
      }
    }
  }

  #note(fault: unknown): void {
    this.#failedAt = this.#ports.clock.now()
    if (this.#isWithin(TELL_EVERY_MS, this.#toldAt)) return
    this.#toldAt = this.#failedAt
    this.#ports.onFault(fault)
  }

  #isWithin(ms: number, at: number): boolean {
    // Where the clock was set back, it is not waited for.
    return Math.abs(this.#ports.clock.now() - at) < ms
  }
}

/** @param run Never rejects. @returns Ends it. */
function repeat(clock: AccessClock, run: () => Promise<void>): () => void {
  const wake = (): void => {
    cancel = next()
    void run()
  }
  const next = (): (() => void) => clock.wakeAt((clock.now() + CHECK_EVERY_MS) as UnixMillis, wake)
  let cancel = next()
  return () => cancel()
}
