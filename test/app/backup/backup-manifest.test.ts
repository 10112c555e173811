import { expect, test } from 'vitest'
import { LOG_NAME, MESSAGES_NAME, parseManifest, type BackupManifest } from '../../../src/app/backup/backup-manifest.ts'

const digest = 'ab'.repeat(32)

const manifest: BackupManifest = {
  format: 'seedbank-backup',
  version: 1,
  program: '0.1.0',
  createdAt: '2027-01-15T08:00:00.000Z',
  logId: '00000000-0000-4000-8000-000000000000',
  head: { position: 1, link: digest },
  hasKeys: true,
  members: [LOG_NAME, MESSAGES_NAME, 'keys/node'].map((name) => ({ name, bytes: 1, sha256: digest })),
}

test('a manifest names a time that the clock can be told from, and paths of a data directory, each once', () => {
  expect(parseManifest(JSON.stringify(manifest))).toEqual({ ok: true, value: manifest })
  const [log, messages, key] = manifest.members
  const wrong: readonly object[] = [
    { createdAt: 'yesterday' },
    { members: [log, messages, key, key] },
    { members: [log, key] },
    ...['keys/../node', 'keys//node', '/keys/node', 'keys/.node', 'keys', 'lock.db', 'seedbank.db\n'].map((name) => ({
      members: [log, messages, { ...key, name }],
    })),
  ]
  for (const part of wrong) expect(parseManifest(JSON.stringify({ ...manifest, ...part }))).toMatchObject({ ok: false })
})
