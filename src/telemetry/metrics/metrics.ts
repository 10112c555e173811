import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Amounts, MetricSources } from './metric-sources.ts'
import type { Tallies } from './tallies.ts'

/** What Prometheus reads. */
export interface Metrics {
  readonly contentType: string
  /** All metrics with their values of this moment, in the text format. */
  read(): Promise<string>
  /** Their names, kinds, labels and meanings. */
  describe(): readonly MetricDescription[]
}

export interface MetricDescription {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly help: string
}

/** The label of subscribers over HTTP says what they speak. */
const TRANSPORTS = { HTTP: 'sse', WEBSOCKET: 'websocket' } as const

/**
 * Creates the metrics of a node. No label has values that others choose, such as communities or info hashes: there are as many
 * series as there are kinds of commands, refusals, reactors and read models.
 *
 * @see https://prometheus.io/docs/practices/naming/
 */
export function createMetrics(tallies: Tallies, sources: MetricSources): Metrics {
  const registry = new Registry()
  registry.registerMetric(tallies.appendSeconds)
  addCommands(registry, tallies)
  addLog(registry, sources)
  addWork(registry, sources)
  addTorrents(registry, tallies, sources)
  addSubscribers(registry, tallies)
  gauge(registry, 'seedbank_build_info', 'Which program this is: always 1.', ['version', 'node_version'], (metric) =>
    metric.set({ version: sources.version, node_version: process.version }, 1),
  )
  collectDefaultMetrics({ register: registry })
  return {
    contentType: registry.contentType,
    read: async () => registry.metrics(),
    describe: () =>
      registry.getMetricsAsArray().map((metric) => {
        // What its types leave out.
        const { name, help, type, labelNames } = metric as unknown as MetricDescription & { labelNames: string[] }
        return { name, help, type, labels: [...labelNames] }
      }),
  }
}

function addCommands(registry: Registry, { commands }: Tallies): void {
  const help = 'Commands by what became of them; code is that of the refusal.'
  counter(registry, 'seedbank_commands_total', help, ['command', 'outcome', 'code'], (metric) => {
    for (const { count, ...labels } of commands.counts()) metric.inc(labels, count)
  })
}

function addLog(registry: Registry, sources: MetricSources): void {
  gauge(registry, 'seedbank_log_position', 'The position of the newest event.', [], (metric) =>
    metric.set(sources.headPosition()),
  )
  const projections = 'How many events a read model is behind the log: 0 unless something is broken.'
  gauge(registry, 'seedbank_projection_lag_events', projections, ['projection'], async (metric) =>
    setAll(metric, 'projection', await sources.readProjectionLags()),
  )
  const wal = 'The length of the write-ahead log beside a database.'
  gauge(registry, 'seedbank_wal_bytes', wal, ['database'], async (metric) =>
    setAll(metric, 'database', await sources.readWalBytes()),
  )
}

function addWork(registry: Registry, sources: MetricSources): void {
  const lag = 'How many events stand after the last one that a reactor has taken into account.'
  gauge(registry, 'seedbank_reactor_lag_events', lag, ['reactor'], (metric) =>
    setAll(metric, 'reactor', sources.reactorLags()),
  )
  const parked = 'Work that was given up, and waits for somebody to decide.'
  gauge(registry, 'seedbank_parked', parked, ['reactor'], async (metric) =>
    setAll(metric, 'reactor', await sources.readParked()),
  )
  gauge(registry, 'seedbank_webhooks', 'Webhooks, by how telling them goes.', ['state'], (metric) =>
    setAll(metric, 'state', sources.countWebhooks()),
  )
}

function addTorrents(registry: Registry, tallies: Tallies, sources: MetricSources): void {
  const up = 'Whether the process of the torrent client runs: 1, or 0 while it is started again.'
  gauge(registry, 'seedbank_torrent_client_up', up, [], (metric) => metric.set(sources.isTorrentClientUp() ? 1 : 0))
  const torrents = 'Torrents that have a part in a rollover, by what is recorded of them.'
  gauge(registry, 'seedbank_torrents', torrents, ['state'], async (metric) =>
    setAll(metric, 'state', await sources.readTorrents()),
  )
  const sent = 'Bytes sent to peers, protocol included.'
  counter(registry, 'seedbank_torrent_uploaded_bytes_total', sent, [], (metric) =>
    metric.inc(sources.traffic().uploadedBytes),
  )
  const overHttp = 'Bytes of archives sent over HTTP, as a web seed.'
  counter(registry, 'seedbank_web_seed_sent_bytes_total', overHttp, [], (metric) => metric.inc(tallies.webSeedBytes))
  const got = 'Bytes got from peers, protocol included.'
  counter(registry, 'seedbank_torrent_downloaded_bytes_total', got, [], (metric) =>
    metric.inc(sources.traffic().downloadedBytes),
  )
  gauge(registry, 'seedbank_torrent_peers', 'Connections to peers that are open.', [], (metric) =>
    metric.set(sources.traffic().peers),
  )
}

function addSubscribers(registry: Registry, tallies: Tallies): void {
  gauge(registry, 'seedbank_subscribers', 'Subscriptions that are open.', ['transport'], (metric) => {
    metric.set({ transport: TRANSPORTS.HTTP }, tallies.subscribers.HTTP)
    metric.set({ transport: TRANSPORTS.WEBSOCKET }, tallies.subscribers.WEBSOCKET)
  })
  const behind =
    'How often somebody who followed the log live fell behind what is in memory, and was read to from disk.'
  counter(registry, 'seedbank_subscribers_fell_behind_total', behind, [], (metric) => metric.inc(tallies.fellBehind))
}

/** A gauge whose values are set anew each time that it is read. */
function gauge<const Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[],
  collect: (metric: Gauge<Label>) => void | Promise<void>,
): void {
  const metric: Gauge<Label> = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => collect(metric),
  })
}

/** A counter that is kept elsewhere: the whole of it is added each time that it is read. */
function counter<const Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[],
  collect: (metric: Counter<Label>) => void,
): void {
  const metric: Counter<Label> = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset()
      collect(metric)
    },
  })
}

/** What there is no more of is not told any longer. */
function setAll<Label extends string>(metric: Gauge<Label>, label: Label, amounts: Amounts): void {
  metric.reset()
  for (const [name, amount] of amounts) metric.set({ [label]: name } as Record<Label, string>, amount)
}
