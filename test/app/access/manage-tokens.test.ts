import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTokenOf, listTokens, revokeTokenOf } from '../../../src/app/access/manage-tokens.ts'
import { systemClock } from '../../../src/app/system-clock.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { tokenId } from '../../support/token-facts.ts'
import { valueOf } from '../../support/value-of.ts'

const INPUT = { role: 'OPERATOR', communityIds: null, expiresAt: null } as const

test('where no node runs, tokens are made, also before its first start, listed and revoked', async () => {
  const dataDir = join(createTemporaryFolder(), 'data')
  const create = async (change: object = {}) => createTokenOf(dataDir, { ...INPUT, ...change }, systemClock.now)
  const made = valueOf(await create())
  expect(made.secret).toContain(made.tokenId)
  valueOf(await revokeTokenOf(dataDir, made.tokenId))
  expect(valueOf(await listTokens(dataDir))).toMatchObject([
    { tokenId: made.tokenId, createdBy: 'cli', revokedAt: expect.any(Number) },
  ])
  for (const [outcome, message] of [
    [await create({ expiresAt: 1 as UnixMillis }), /^--expires must be later than now/],
    [await create({ role: 'ADMIN', communityIds: [] }), /^The role admin concerns the node as a whole/],
    [await revokeTokenOf(dataDir, tokenId(1)), /^There is no token 0000000000000001/],
  ] as const) {
    expect(outcome).toEqual({ ok: false, error: { type: 'TokensRefused', message: expect.stringMatching(message) } })
  }
})

test('a folder that was mistyped gets no log by a look into it', async () => {
  const dataDir = join(createTemporaryFolder(), 'mistyped')
  for (const outcome of [await listTokens(dataDir), await revokeTokenOf(dataDir, tokenId(1))]) {
    expect(outcome).toMatchObject({ ok: false, error: { message: expect.stringMatching(/^There is no log/) } })
  }
  expect(existsSync(dataDir)).toBe(false)
})

test('the first token is no beginning of a log beside archives that the one that was lost has to name', async () => {
  const dataDir = createTemporaryFolder()
  mkdirSync(join(dataDir, 'archives', '0x00'), { recursive: true })
  await expect(createTokenOf(dataDir, INPUT, systemClock.now)).rejects.toThrow(
    /^Cannot begin a new log beside the archives/,
  )
  expect(valueOf(await listTokens(dataDir))).toEqual([])
})
