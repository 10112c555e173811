import { execFileSync } from 'node:child_process'
import { on, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { FromClient, ToClient } from '../../../src/torrents/client/client-protocol.ts'
import type { TorrentClientEvent } from '../../../src/torrents/client/torrent-client-event.ts'
import type { TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { startLimitedProcess } from '../../support/limited-process.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { download } from '../../support/plain-leecher.ts'
import { readBitfield } from '../../support/served-pieces.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { nextEvent, startTorrentClient } from '../../support/torrent-client.ts'
import { writeTorrentFixture, type TorrentFixture } from '../../support/torrent-fixture.ts'

const CLIENT_PROCESS = fileURLToPath(new URL('../../../src/torrents/client/client-process.ts', import.meta.url))
const LIMIT = 96
const TORRENTS = 60

type Message<Type extends FromClient['type']> = Extract<FromClient, { readonly type: Type }>

test.skipIf(process.platform !== 'linux')(
  `of ${TORRENTS} torrents a client with ${LIMIT} files serves those that fit, and says of the others why not`,
  async () => {
    const folder = createTemporaryFolder()
    const shape = { dataPieces: 1, indexBytes: 300 }
    const fixtures = Array.from({ length: TORRENTS }, (_, n) => writeTorrentFixture(folder, { ...shape, seed: n + 1 }))
    const child = startLimitedProcess(CLIENT_PROCESS, LIMIT)
    const messages = on(child, 'message') as AsyncIterableIterator<[FromClient]>
    const next = async <Type extends FromClient['type']>(type: Type): Promise<Message<Type>> => {
      for (;;) {
        const { value } = (await messages.next()) as IteratorYieldResult<[FromClient]>
        if (value[0].type === type) return value[0] as Message<Type>
      }
    }
    const send = (message: ToClient): boolean => child.send(message)
    const serveAll = async (wanted: readonly TorrentFixture[]): Promise<ReadonlyMap<TorrentFixture, string | null>> => {
      wanted.forEach(({ torrent }, id) => send({ type: 'REQUEST', id, request: { type: 'SERVE', torrent } }))
      const codes = new Map<TorrentFixture, string | null>()
      while (codes.size < wanted.length) {
        const { id, code } = await next('ANSWER')
        const fixture = wanted[id]
        if (fixture) codes.set(fixture, code)
      }
      return codes
    }
    await once(child, 'spawn')
    send({ type: 'START', settings: LOOPBACK_TORRENT_CLIENT })
    const { port } = await next('LISTENING')

    const codes = await serveAll(fixtures)
    const [served, refused] = [null, 'TOO_MANY_OPEN_FILES'].map((code) =>
      fixtures.filter((one) => codes.get(one) === code),
    ) as [TorrentFixture[], TorrentFixture[]]
    expect({ known: served.length + refused.length, some: served.length > 5, others: refused.length > 5 }).toEqual({
      known: TORRENTS,
      some: true,
      others: true,
    })
    const { openFiles } = await next('STATS')
    expect(openFiles).toEqual({ openFiles: expect.any(Number) as number, openFilesLimit: LIMIT })
    expect(openFiles.openFiles).toBeLessThanOrEqual((LIMIT * 7) / 8)

    for (const { torrent } of served) expect(await readBitfield(port, torrent.infoHash)).not.toBeNull()
    const [first] = served
    expect((await download(first?.torrentFile ?? '', port)).bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true)
    console.log(`${served.length} of ${TORRENTS} were served, ${openFiles.openFiles} of ${LIMIT} files were open`)

    served
      .slice(0, 5)
      .forEach(({ torrent: { infoHash } }, id) => send({ type: 'REQUEST', id, request: { type: 'DROP', infoHash } }))
    for (let dropped = 0; dropped < 5; dropped += 1) await next('ANSWER')
    expect([...(await serveAll(refused.slice(0, 2))).values()]).toEqual([null, null])
  },
)

test.skipIf(process.platform !== 'linux')(
  'a client tells what it has open, and once that it is near its limit',
  async () => {
    const client = await startTorrentClient()
    const { torrent } = writeTorrentFixture(createTemporaryFolder(), { seed: 1, dataPieces: 1, indexBytes: 300 })
    const told: TorrentClientEvent[] = []
    client.onEvent((event) => told.push(event))
    await expect.poll(() => client.openFiles().openFiles).toBeGreaterThan(10)
    const openFiles = client.openFiles().openFiles ?? 0
    // How many an idle client has open differs from machine to machine; two are free to count them with.
    const openFilesLimit = openFiles + 2

    const near = nextEvent(client, 'MANY_OPEN_FILES')
    limitOpenFiles(client, openFilesLimit)
    expect(await near).toEqual({ type: 'MANY_OPEN_FILES', openFiles: expect.any(Number) as number, openFilesLimit })
    expect(await client.serve(torrent)).toEqual({ ok: false, error: { code: 'TOO_MANY_OPEN_FILES' } })
    limitOpenFiles(client, 1_000)
    await expect.poll(() => client.openFiles().openFilesLimit).toBe(1_000)
    expect(await client.serve(torrent)).toMatchObject({ ok: true })
    expect(told).toHaveLength(1)
    console.log(`${openFiles} files were open before the first torrent`)
  },
)

function limitOpenFiles({ pid }: TorrentClient, limit: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`])
}
