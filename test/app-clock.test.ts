import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from '../src/app.ts'
import { readLastSeenAt } from '../src/app/runtime-file.ts'
import { parseSettings } from '../src/cli/parse-settings.ts'
import { secondOf, type UnixMillis } from '../src/domain/time.ts'
import { createApiClient } from './support/api-client.ts'
import { readLogSnapshot } from './support/log-snapshot.ts'
import { createMovableClock } from './support/movable-clock.ts'
import { LOOPBACK } from './support/node-process.ts'
import { createArchive } from './support/node-wishes.ts'
import { seedArchive } from './support/seeded-archive.ts'
import { createTemporaryFolder } from './support/temporary-folder.ts'
import { valueOf } from './support/value-of.ts'

/** In 2033. */
const NOW = 2_000_000_000_000 as UnixMillis

test('a node goes by the one clock that it was given', async () => {
  const dataDir = createTemporaryFolder()
  const settings = valueOf(parseSettings([], { ...LOOPBACK, SEEDBANK_DATA_DIR: dataDir }))
  const app = valueOf(await startApp(settings, createMovableClock(NOW)))
  onTestFinished(async () => app.stop())
  const api = createApiClient(app.url)
  onTestFinished(async () => api.close())
  const { communityId } = await seedArchive(api, { messages: 1, payloadBytes: 10 })
  await createArchive(api, communityId)

  expect(readLastSeenAt(dataDir)).toBe(NOW)
  const [torrent] = globSync(join(dataDir, 'archives/*/*/torrent'))
  expect(readFileSync(torrent ?? '', 'latin1')).toContain(`creation datei${secondOf(NOW)}e`)
  const { events } = await readLogSnapshot(dataDir)
  expect(new Set(events.map(({ recordedAt }) => recordedAt))).toEqual(new Set([NOW]))
  const facts = events.map(({ event }) => event)
  expect(facts.find(({ type }) => type === 'MagnetlinkDispatched')).toMatchObject({ data: { clock: NOW } })
  expect(facts.findLast(({ type }) => type === 'ArchiveCreationStarted')).toMatchObject({
    data: { to: secondOf(NOW) },
  })
})
