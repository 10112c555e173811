import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createNodeLog } from '../../../src/telemetry/log/node-log.ts'
import type { InfoHash } from '../../../src/domain/info-hash.ts'
import type { FromClient, ToClient } from '../../../src/torrents/client/client-protocol.ts'
import { COMMUNITY, infoHash } from '../../support/community-facts.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

/** A file that takes nothing: every write ends with ENOSPC. */
const FULL = '/dev/full'
const CLIENT_PROCESS = fileURLToPath(new URL('../../../src/torrents/client/client-process.ts', import.meta.url))

test('writes a line for each entry', () => {
  const file = join(createTemporaryFolder(), 'log')
  createNodeLog({ logLevel: 'warn', logFormat: 'auto' }, file).warn({ torrents: 2 }, 'Something is odd')

  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ torrents: 2, msg: 'Something is odd' })
})

test('is pretty where that is asked for, at once and without secrets', () => {
  const file = join(createTemporaryFolder(), 'log')
  createNodeLog({ logLevel: 'info', logFormat: 'pretty' }, file).info({ token: 'c2VjcmV0' }, 'Something is odd')

  expect(readFileSync(file, 'utf8')).toMatch(
    /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: Something is odd\n +token: "\[hidden\]"\n$/,
  )
})

test.skipIf(!existsSync(FULL))('a disk that is full costs lines, and nothing is thrown at who logs', () => {
  const log = createNodeLog({ logLevel: 'warn', logFormat: 'auto' }, FULL)

  for (let line = 0; line < 3; line += 1) expect(() => log.error({ line }, 'x'.repeat(1_000_000))).not.toThrow()
})

test.skipIf(!existsSync(FULL))('nor does it end the torrent client', async () => {
  const child = spawn(process.execPath, [CLIENT_PROCESS], { stdio: ['ignore', 'ignore', openSync(FULL, 'w'), 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const send = (message: ToClient): boolean => child.send(message)
  const answer = async (id: number): Promise<unknown> => {
    for (;;) {
      const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [FromClient | number]
      if (typeof message !== 'object' || (message.type === 'ANSWER' && message.id === id)) return message
      if (message.type === 'LISTENING') for (const n of [1, 2]) send(serveNothing(n, infoHash(n)))
    }
  }
  send({ type: 'START', settings: LOOPBACK_TORRENT_CLIENT })

  expect(await answer(2)).toEqual({ type: 'ANSWER', id: 2, code: 'FILES_MISSING', struck: 0 })
})

/** What cannot be done, and is logged. */
function serveNothing(id: number, named: InfoHash): ToClient {
  const paths = { torrentPath: '/missing', dataPath: '/missing', indexPath: '/missing', stampPath: '/missing' }
  const more = { heldPath: null, trustedTrackers: [] }
  const torrent = { communityId: COMMUNITY, infoHash: named, ...paths, ...more, dataBytes: 1, trackers: [] }
  return { type: 'REQUEST', id, request: { type: 'SERVE', torrent: { ...torrent, check: 'WHOLE' } } }
}
