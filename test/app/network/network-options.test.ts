import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createNetworkOptions } from '../../../src/app/network/network-options.ts'
import { PersistedOperationsUnusable } from '../../../src/app/network/read-persisted-operations.ts'
import type { Settings } from '../../../src/app/settings.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import { LINKS } from '../../../src/following/read-link.ts'
import { hashOf } from '../../../src/graphql/limits/persisted-operations.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

function settingsOf(...argv: readonly string[]): Settings {
  return valueOf(parseSettings(argv, {}))
}

function fileOf(text: string): string {
  const file = join(createTemporaryFolder(), 'operations.json')
  writeFileSync(file, text)
  return file
}

test('under its public URL the API is itself', async () => {
  const options = await createNetworkOptions(settingsOf('--public-url', 'https://seedbank.example:8443/node'))
  expect(options).toMatchObject({
    allowedHosts: ['seedbank.example'],
    allowedOrigins: ['https://seedbank.example:8443'],
    persisted: { operations: null, isOnlyPersisted: false },
  })
})

test('a list of operations always has what other nodes ask for', async () => {
  const document = '{ __typename }'
  const file = fileOf(JSON.stringify({ [hashOf(document)]: document }))
  const read = async (...argv: readonly string[]) => (await createNetworkOptions(settingsOf(...argv))).persisted
  expect(await read('--persisted-operations', file)).toEqual({
    operations: new Map([[hashOf(document), document]]),
    isOnlyPersisted: false,
  })
  expect(await read('--persisted-operations', file, '--only-persisted', 'on')).toEqual({
    operations: new Map([document, LINKS].map((each) => [hashOf(each), each])),
    isOnlyPersisted: true,
  })
})

test('a file that is no good, or is not there, is named with what would help', async () => {
  for (const file of [fileOf('{'), join(createTemporaryFolder(), 'none.json')]) {
    const refused = createNetworkOptions(settingsOf('--persisted-operations', file))
    await expect(refused).rejects.toThrow(PersistedOperationsUnusable)
    await expect(refused).rejects.toThrow(`${file}: `)
    await expect(refused).rejects.toThrow('or set SEEDBANK_PERSISTED_OPERATIONS=none')
  }
})
