import { once } from 'node:events'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createCreateToken } from '../../../src/app/access/create-token.ts'
import { openAuthenticator } from '../../../src/app/access/open-authenticator.ts'
import { openStores } from '../../../src/app/stores.ts'
import { systemClock } from '../../../src/app/system-clock.ts'
import { BEFORE_ALL } from '../../../src/events/recorded-event.ts'
import { metaOf } from '../../support/sample-wishes.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

test('a token lets its holder in until it is revoked, which ends whatever it has open, and its secret is kept nowhere', async () => {
  const closing = new AsyncDisposableStack()
  onTestFinished(async () => closing.disposeAsync())
  const stores = valueOf(await openStores(join(createTemporaryFolder(), 'data'), closing))
  const { execute, log } = stores
  const lines: string[] = []
  const write = { write: (line: string) => void lines.push(line) }
  const rules = { isRequired: true, verifyJwt: null, isolation: 'all expired' }
  const parts = { stores, wallClock: systemClock, log: pino({}, write) }
  const authenticate = openAuthenticator(parts, { rules, runtimeSecret: 'sbr_x' }, closing)
  expect(lines.join()).toMatch(/"level":50.*all expired/)
  const create = createCreateToken({ execute, now: systemClock.now })
  const { tokenId, secret } = valueOf(
    await create({ role: 'VIEWER', communityIds: null, expiresAt: null }, metaOf({ actor: 'cli' })),
  )

  const shown = async () => authenticate({ token: secret, isForwarded: false })
  const caller = valueOf(await shown())
  expect(caller).toMatchObject({ actor: `token:${tokenId}`, grant: { role: 'VIEWER', communityIds: null } })
  const ended = caller?.ended ?? expect.unreachable()
  await Promise.all([once(ended, 'abort'), execute({ type: 'RevokeToken', tokenId }, metaOf())])
  expect(await shown()).toMatchObject({ ok: false, error: { type: 'TokenRevoked' } })

  const recorded = await log.read({ after: BEFORE_ALL, limit: 10 })
  expect(recorded.map(({ event, actor }) => [event.type, actor])).toEqual([
    ['TokenCreated', 'cli'],
    ['TokenRevoked', metaOf().actor],
  ])
  expect(JSON.stringify(recorded)).not.toContain(secret?.slice(-43))
})
