import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BearerToken } from '../../src/domain/bearer-token.ts'
import type { FollowUrl } from '../../src/domain/follow-url.ts'
import { openTokenStore } from '../../src/identity/token-store.ts'
import { communityNumber } from '../support/sample-events.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const URL_A = 'wss://a.example/graphql' as FollowUrl
const URL_B = 'wss://b.example/graphql' as FollowUrl
const [FIRST, SECOND] = [communityNumber(1), communityNumber(2)]
const token = (text: string): BearerToken => text as BearerToken

function folderOfTokens(): string {
  return join(createTemporaryFolder(), 'data', 'tokens')
}

test('keeps a token for each community and node, over restarts, and forgets one alone', async () => {
  const folder = folderOfTokens()
  const tokens = await openTokenStore(folder)
  expect(await tokens.get(FIRST, URL_A)).toBeNull()
  await tokens.put(FIRST, URL_A, token('first.a'))
  await tokens.put(FIRST, URL_B, token('first.b'))
  await tokens.put(SECOND, URL_A, token('second.a'))
  const again = await openTokenStore(folder)
  await again.remove(FIRST, URL_B)
  await again.remove(SECOND, URL_B)
  expect(await again.get(FIRST, URL_A)).toBe('first.a')
  expect(await again.get(FIRST, URL_B)).toBeNull()
  expect(await again.get(SECOND, URL_A)).toBe('second.a')
})

test('forgets all tokens of a community, and those that nobody follows with', async () => {
  const folder = folderOfTokens()
  const tokens = await openTokenStore(folder)
  for (const url of [URL_A, URL_B]) {
    for (const communityId of [FIRST, SECOND]) await tokens.put(communityId, url, token('secret'))
  }
  await tokens.removeAll(FIRST)
  expect(await tokens.get(FIRST, URL_A)).toBeNull()
  expect(readdirSync(folder)).toHaveLength(2)
  await tokens.keepOnly([{ communityId: SECOND, url: URL_B }])
  expect(await tokens.get(SECOND, URL_A)).toBeNull()
  expect(await tokens.get(SECOND, URL_B)).toBe('secret')
})

test('keeps tokens for their owner alone, under names that tell nothing of them', async () => {
  const folder = folderOfTokens()
  await (await openTokenStore(folder)).put(FIRST, URL_A, token('secret'))
  const [name = '', ...others] = readdirSync(folder)
  expect(others).toEqual([])
  expect(name).toMatch(new RegExp(`^${FIRST}\\.[0-9a-f]{64}$`))
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('puts tokens of the same node in the order in which they came', async () => {
  const folder = folderOfTokens()
  const tokens = await openTokenStore(folder)
  await Promise.all(['one', 'two', 'three'].map(async (text) => tokens.put(FIRST, URL_A, token(text))))
  expect(await tokens.get(FIRST, URL_A)).toBe('three')
  expect(readdirSync(folder)).toHaveLength(1)
})

describe('a crash', () => {
  test('while a token was written leaves the one before, and nothing else', async () => {
    const folder = folderOfTokens()
    await (await openTokenStore(folder)).put(FIRST, URL_A, token('before'))
    const [name = ''] = readdirSync(folder)
    for (const each of [name, 'notes']) writeFileSync(join(folder, `${each}.partial`), 'aft')
    const tokens = await openTokenStore(folder)
    expect(readdirSync(folder).toSorted()).toEqual([name, 'notes.partial'])
    expect(await tokens.get(FIRST, URL_A)).toBe('before')
    await tokens.put(FIRST, URL_A, token('after'))
    expect(readFileSync(join(folder, name), 'utf8')).toBe('after')
  })
})

describe('a token file that cannot be used', () => {
  test('is a fault that names it and does not show it', async () => {
    const folder = folderOfTokens()
    const tokens = await openTokenStore(folder)
    await tokens.put(FIRST, URL_A, token('right'))
    const path = join(folder, readdirSync(folder)[0] ?? '')
    writeFileSync(path, 'not a token\n')
    await expect(tokens.get(FIRST, URL_A)).rejects.toThrow(`Cannot read the token ${path}`)
    await expect(tokens.get(FIRST, URL_A)).rejects.not.toThrow('not a token')
  })

  test('and could not be written does not bar the next one', async () => {
    const folder = folderOfTokens()
    const tokens = await openTokenStore(folder)
    renameSync(folder, `${folder}.away`)
    await expect(tokens.put(FIRST, URL_A, token('one'))).rejects.toThrow('ENOENT')
    renameSync(`${folder}.away`, folder)
    await tokens.put(FIRST, URL_A, token('two'))
    expect(await tokens.get(FIRST, URL_A)).toBe('two')
  })
})
