import type { Accepted, CommandMeta, Execute, Refusal } from '../commands/command-meta.ts'
import type { DebugLog } from './debug-log.ts'
import type { CommandTally } from './metrics/command-tally.ts'
import { placeOfEvent, type OpenSpan, type Tracer } from './traces/tracer.ts'
import type { SpansUnderWay } from './traces/spans-under-way.ts'

export interface CommandWatchPorts {
  readonly tally: CommandTally
  readonly log: DebugLog
  /** Null where nothing is traced. */
  readonly tracer: Tracer | null
  readonly spans: SpansUnderWay
}

type Command = Parameters<Execute>[0]
type Answer = Awaited<ReturnType<Execute>>

/** Counts each command by what became of it; tells and traces it where that is wished for. Answers and faults pass unchanged. */
export function watchCommands(execute: Execute, ports: CommandWatchPorts): Execute {
  const { tally, log, tracer } = ports
  const isTold = tracer !== null || log.isLevelEnabled('debug')
  const watched = isTold ? telling(execute, ports) : execute
  // The promise itself is handed on: another one round it would cost each command of a group.
  return (command, meta) => {
    const answering = watched(command, meta)
    const { type } = command
    void answering.then(
      (answer) => (answer.ok ? tally.accepted(type) : tally.refused(type, answer.error.type)),
      () => tally.fault(type),
    )
    return answering
  }
}

function telling(execute: Execute, { log, tracer, spans }: CommandWatchPorts): Execute {
  return async (command, given) => {
    // One of its own, as the append knows the command by it alone.
    const meta = { ...given }
    const span = tracer === null ? null : beginSpan(tracer, spans, command, meta)
    const tell = (outcome: object, fault?: unknown): void => {
      span?.end({ ...outcome }, fault)
      const { actor, correlationId } = meta
      log.debug({ command: command.type, ...outcome, actor, correlationId }, 'A command was decided')
    }
    try {
      const answer = await execute(command, meta)
      tell(outcomeOf(answer))
      return answer
    } catch (fault) {
      tell({ outcome: 'fault' }, fault)
      throw fault
    }
  }
}

function beginSpan(tracer: Tracer, spans: SpansUnderWay, command: Command, meta: CommandMeta): OpenSpan {
  const { correlationId, causationId, actor } = meta
  const span = tracer.begin({
    name: command.type,
    correlationId,
    parent: causationId === null ? spans.operationOf(correlationId) : placeOfEvent(correlationId, causationId),
    attributes: {
      'seedbank.actor': actor,
      ...('communityId' in command && { 'seedbank.community': command.communityId }),
    },
  })
  spans.commandBegan(meta, span)
  return span
}

function outcomeOf(answer: Answer): {
  readonly outcome: string
  readonly code?: Refusal['type']
  readonly position?: number
} {
  if (!answer.ok) return { outcome: 'refused', code: answer.error.type }
  const { position }: Accepted = answer.value
  return { outcome: 'accepted', ...(position !== null && { position }) }
}
