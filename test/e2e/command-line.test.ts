import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runSeedbank } from '../support/run-seedbank.ts'

const UNKNOWN = `0x${'77'.repeat(32)}`

describe('a wish that cannot be followed ends with 2 and one clear line', () => {
  const wishes = createWrongWishes()
  test.each(wishes)('$what', async ({ args, says }) => {
    const { code, out, errors } = await runSeedbank(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(errors).toMatch(says)
    expect(errors).not.toMatch(/^\s+at /m)
  })
})

function createWrongWishes(): readonly { readonly what: string; readonly args: string[]; readonly says: RegExp }[] {
  const missing = join(import.meta.dirname, 'no-such-file.ndjson')
  return [
    {
      what: 'a file that is missing',
      args: ['record', missing, '--community', UNKNOWN],
      says: /^There is no file .+\n$/,
    },
    {
      what: 'a folder for a file',
      args: ['record', import.meta.dirname, '--community', UNKNOWN],
      says: /^.+ is no regular file\n$/,
    },
    { what: 'no community', args: ['record', missing], says: /'--community <id>' not specified/ },
    {
      what: 'a community that is none',
      args: ['record', missing, '--community', 'plum'],
      says: /^--community is "plum"/,
    },
    { what: 'an unknown flag', args: ['record', missing, '--community', UNKNOWN, '--fast'], says: /option '--fast'/ },
    { what: 'an unknown command', args: ['recrod', missing], says: /unknown command 'recrod': there is serve, record/ },
  ]
}

test('--help lists the commands', async () => {
  const { code, out } = await runSeedbank('--help')
  expect(code).toBe(0)
  expect(out).toMatch(/^ {2}serve /m)
  expect(out).toMatch(/^ {2}record /m)
  expect(out).toMatch(/^ {2}verify /m)
  expect(out).toMatch(/^ {2}verify-log /m)
})
