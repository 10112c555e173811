import { createClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import { startApp, type App } from '../../../src/app.ts'
import { openStores } from '../../../src/app/stores.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { LOOPBACK } from '../../support/node-process.ts'
import { addSmallCommunity, SENT_AT } from '../../support/small-community.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { openTraceCollector, type CollectedSpan } from '../../support/trace-collector.ts'
import { valueOf } from '../../support/value-of.ts'

const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
const CREATE = `mutation ($id: CommunityId!, $to: DateTime!) {
  createArchive(communityId: $id, to: $to) { __typename }
}`

test('a wish is one trace from its request to what reactors make of it, and the node tells how it is and what it did', async () => {
  const dataDir = createTemporaryFolder()
  const communityId = await addCommunity(dataDir)
  const collector = await openTraceCollector()
  const app = await start(dataDir, collector.url)

  expect(await read(app, '/health/live')).toEqual([200, { ok: true, checks: { eventLoop: true } }])
  const checks = { running: true, logWritable: true, torrentClientUp: true, readModelsAtHead: true }
  expect(await read(app, '/health/ready')).toEqual([200, { ok: true, checks }])

  const graphql = `${app.url}/graphql`
  const to = new Date((SENT_AT + 1) * 1000).toISOString().replace('.000', '')
  const headers = { traceparent: `00-${traceId}-${spanId}-01` }
  const asked = await ask(graphql, CREATE, { id: communityId, to }, headers)
  expect(asked.headers.get('x-correlation-id')).toBe('4bf92f35-77b3-4da6-a3ce-929d0e0e4736')
  expect(asked.data).toEqual({ createArchive: { __typename: 'CreateArchiveAccepted' } })
  await ask(graphql, CREATE, { id: `0x${'00'.repeat(32)}`, to })
  await expect.poll(async () => (await metricsOf(app)).get('seedbank_torrents{state="served"}')).toBe(1)
  await expect
    .poll(async () => (await metricsOf(app)).get('seedbank_reactor_lag_events{reactor="dispatching"}'))
    .toBe(0)
  await expectMetrics(app)

  const client = createClient({ url: graphql.replace('http', 'ws'), lazy: false })
  const signals = client.iterate({ query: 'subscription { signals(after: "START") { __typename } }' })
  await signals.next()
  expect((await metricsOf(app)).get('seedbank_subscribers{transport="websocket"}')).toBe(1)
  await client.dispose()
  await expect.poll(async () => (await metricsOf(app)).get('seedbank_subscribers{transport="websocket"}')).toBe(0)

  await app.stop()
  expectOneTrace(collector.spans)
})

async function addCommunity(dataDir: string): Promise<CommunityId> {
  await using closing = new AsyncDisposableStack()
  return await addSmallCommunity(valueOf(await openStores(dataDir, closing)), 1)
}

async function start(dataDir: string, endpoint: string): Promise<App> {
  const environment = { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }
  return valueOf(await startApp(valueOf(parseSettings([], environment))))
}

async function read(app: App, path: string): Promise<readonly [status: number, body: unknown]> {
  const response = await fetch(`${app.url}${path}`)
  return [response.status, await response.json()]
}

/** Each series and its value. */
async function metricsOf(app: App): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${app.url}/metrics`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]))
}

async function expectMetrics(app: App): Promise<void> {
  const metrics = await metricsOf(app)
  const { status } = await askData<{ status: { headPosition: string } }>(
    `${app.url}/graphql`,
    '{ status { headPosition } }',
  )
  expect(metrics.get('seedbank_log_position')).toBe(Number(status.headPosition))
  expect(metrics.get('seedbank_commands_total{command="CreateArchive",outcome="accepted",code=""}')).toBe(1)
  const refused = 'seedbank_commands_total{command="CreateArchive",outcome="refused",code="CommunityNotFound"}'
  expect(metrics.get(refused)).toBe(1)
  expect(metrics.get('seedbank_append_duration_seconds_count')).toBeGreaterThan(3)
  expect(metrics.get('seedbank_projection_lag_events{projection="seeding"}')).toBe(0)
  expect(metrics.get('seedbank_parked{reactor="seeding"}')).toBe(0)
  expect(metrics.get('seedbank_torrent_client_up')).toBe(1)
  expect(metrics.get('seedbank_wal_bytes{database="log"}')).toBeGreaterThan(0)
  // Labels are of few values, whatever others choose.
  expect([...metrics.keys()].filter((series) => /[0-9a-f]{40}/.test(series))).toEqual([])
}

function expectOneTrace(all: readonly CollectedSpan[]): void {
  const spans = all.filter((span) => span.traceId === traceId)
  const named = (name: string): CollectedSpan => {
    const span = spans.find((each) => each.name === name)
    if (span === undefined) throw new Error(`No span ${name} among ${spans.map((each) => each.name).join(', ')}`)
    return span
  }
  const parentOf = ({ parentSpanId }: CollectedSpan): string | undefined =>
    spans.find((span) => span.spanId === parentSpanId)?.name
  const request = named('mutation createArchive')
  expect([request.parentSpanId, request.kind]).toEqual([spanId, 2])
  // From the request over the log to reactors, whose commands lead to more.
  expect(parentOf(named('CreateArchive'))).toBe('mutation createArchive')
  expect(parentOf(named('ArchiveCreationStarted'))).toBe('CreateArchive')
  expect(parentOf(named('archive run'))).toBe('ArchiveCreationStarted')
  expect(parentOf(named('RecordArchiveCreated'))).toBe('ArchiveCreationStarted')
  expect(parentOf(named('ArchiveCreated'))).toBe('RecordArchiveCreated')
  expect(parentOf(named('attempt seeding'))).toBe('ArchiveCreated')
  expect(parentOf(named('torrent serve'))).toBe('ArchiveCreated')
  expect(parentOf(named('attempt dispatching'))).toBe('SeedingStarted')
  // A group belongs to no wish, and is linked with all.
  const appends = all.filter(({ name }) => name === 'append')
  const links = appends.flatMap((append) => append.links ?? [])
  expect(links.map((link) => link.spanId)).toContain(named('CreateArchive').spanId)
  expect(appends.map((append) => append.traceId)).not.toContain(traceId)
}
