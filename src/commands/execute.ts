import type { Append, EventLog } from '../events/event-log.ts'
import type { StreamName } from '../events/recorded-event.ts'
import type { Execute } from './command-meta.ts'
import { decideGroup } from './decide-group.ts'
import { hashInput } from './input-hash.ts'
import { settleGroup } from './settle-group.ts'
import { emptyStream, evolve, streamOfCommand, type StreamState } from './stream-state.ts'
import { separateRepeatedKeys, type WaitingCommand } from './waiting-command.ts'

/** How many waiting commands share one transaction: bounds how long a commit holds the event loop. */
const GROUP_SIZE = 256

/**
 * Creates the one way by which events are written.
 *
 * Commands that wait together are decided one after the other and appended in one transaction.
 * Only this process writes, so the states in memory are the log's; should a write fail all the
 * same, the stream is read again and the command decided anew.
 */
export function createExecutor(log: Pick<EventLog, 'append' | 'findReceipt' | 'readStream'>): Execute {
  const group = createGroupExecutor(log)
  let queue: WaitingCommand[] = []
  let isRunning = false

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const next = queue.splice(0, GROUP_SIZE)
      const again = await group(next)
      queue = [...again, ...queue]
    }
    isRunning = false
  }

  return async function execute(command, meta) {
    const inputHash = meta.idempotency && hashInput(command.type, meta.idempotency.input)
    const stream = streamOfCommand(command)
    return new Promise((settle, fail) => {
      queue.push({ command, meta, stream, inputHash, settle, fail })
      if (isRunning) return
      isRunning = true
      // After the input of this turn of the event loop: what arrived together waits together.
      setImmediate(() => void run())
    })
  }
}

/** Executes one group after the other; never throws, as each command of the group is answered. */
function createGroupExecutor(
  log: Pick<EventLog, 'append' | 'findReceipt' | 'readStream'>,
): (group: readonly WaitingCommand[]) => Promise<readonly WaitingCommand[]> {
  const states = new Map<StreamName, StreamState>()

  async function loadState(stream: StreamName): Promise<void> {
    let state = emptyStream(stream)
    for await (const { event } of log.readStream(stream)) state = evolve(state, event)
    states.set(stream, state)
  }

  async function executeGroup(group: readonly WaitingCommand[]): Promise<readonly WaitingCommand[]> {
    const { now, later } = separateRepeatedKeys(group)
    const receipts = await Promise.all(
      now.map(async ({ meta }) => meta.idempotency && log.findReceipt(meta.actor, meta.idempotency.key)),
    )
    for (const { stream } of now) if (!states.has(stream)) await loadState(stream)
    const { decided, drafts } = decideGroup(now, receipts, states)
    const appends = decided.map(({ append }) => append).filter((append): append is Append => append !== null)
    const { again, broken } = settleGroup(decided, appends.length > 0 ? await log.append(appends) : [])
    for (const [stream, draft] of drafts) {
      if (broken.has(stream)) states.delete(stream)
      else states.set(stream, draft)
    }
    return [...again, ...later]
  }

  return async (group) => {
    try {
      return await executeGroup(group)
    } catch (fault) {
      // The transaction as a whole failed: what is in memory may be ahead of the log.
      for (const { stream } of group) states.delete(stream)
      for (const { fail } of group) fail(fault)
      return []
    }
  }
}
