import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import packageJson from '../../../package.json' with { type: 'json' }
import type { OperationWatch } from '../../graphql/operation.ts'
import type { WatchWork } from '../../reactors/watch-work.ts'
import { createTallies, type Tallies } from '../../telemetry/metrics/tallies.ts'
import { SpansUnderWay } from '../../telemetry/traces/spans-under-way.ts'
import type { Tracer } from '../../telemetry/traces/tracer.ts'
import { watchAppends } from '../../telemetry/watch-appends.ts'
import { watchCommands } from '../../telemetry/watch-commands.ts'
import { createOperationWatch } from '../../telemetry/watch-operations.ts'
import { createWorkWatch } from '../../telemetry/watch-work.ts'
import type { Settings } from '../settings.ts'
import type { StoresWatch } from '../stores.ts'

/** Those who look on while a node works. */
export interface Telemetry {
  readonly tallies: Tallies
  readonly stores: StoresWatch
  readonly operations: OperationWatch
  readonly work: WatchWork
  /** Has this told of each append that ended, and whether it was written. */
  onAppended(listener: (isWritten: boolean) => void): void
  /** Sends what is left of the traces. */
  stop(): Promise<void>
}

/** Starts them before the stores are opened, so that nothing is missed. Where no collector is set, no trace is made at all. */
export async function startTelemetry(settings: Pick<Settings, 'otlpEndpoint'>, log: Logger): Promise<Telemetry> {
  const tallies = createTallies()
  const tracer = await startTracer(settings, log)
  const ports = { log, tracer, spans: new SpansUnderWay() }
  let tellAppended = (_isWritten: boolean): void => undefined
  const onAppended = (seconds: number, isWritten: boolean): void => {
    tallies.appendSeconds.observe(seconds)
    tellAppended(isWritten)
  }
  return {
    tallies,
    stores: {
      commands: (execute) => watchCommands(execute, { ...ports, tally: tallies.commands }),
      appends: (writing) => watchAppends(writing, { ...ports, onAppended }),
      onFellBehind: () => {
        tallies.fellBehind += 1
      },
    },
    operations: createOperationWatch({ ...ports, subscribers: tallies.subscribers }),
    work: createWorkWatch(ports),
    onAppended(listener) {
      tellAppended = listener
    },
    stop: async () => tracer?.stop(),
  }
}

async function startTracer(
  { otlpEndpoint: endpoint }: Pick<Settings, 'otlpEndpoint'>,
  log: Logger,
): Promise<Tracer | null> {
  if (endpoint === null) return null
  // Loaded only where it is needed: it takes a fifth of a second, and some megabytes.
  const { createOtlpTracer } = await import('../../telemetry/traces/otlp-tracer.ts')
  return createOtlpTracer({ endpoint, version: packageJson.version, instanceId: randomUUID(), log })
}
