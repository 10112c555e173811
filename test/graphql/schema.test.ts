import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
  type GraphQLNamedType,
} from 'graphql'
import { expect, test } from 'vitest'
import type { EventType } from '../../src/domain/events.ts'
import { schema } from '../../src/graphql/schema.ts'
import { isSignal } from '../../src/graphql/subscriptions/signal.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

interface Described {
  readonly description?: string | null | undefined
}

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))

/** All that a type is made of, by its coordinate in the schema. */
function partsOf(type: GraphQLNamedType): readonly (readonly [coordinate: string, part: Described])[] {
  if (isEnumType(type)) return type.getValues().map((value) => [`${type.name}.${value.name}`, value])
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field])
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => [
    [`${type.name}.${field.name}`, field] as const,
    ...field.args.map((arg) => [`${type.name}.${field.name}(${arg.name}:)`, arg] as const),
  ])
}

test('each type, field, argument, value and input field says what it is', () => {
  const parts = types.flatMap((type): readonly (readonly [string, Described])[] => [
    [type.name, type],
    ...partsOf(type),
  ])
  const silent = parts.filter(([, { description }]) => description == null || description.trim().length < 4)

  expect(parts.length).toBeGreaterThan(300)
  expect(silent.map(([coordinate]) => coordinate)).toEqual([])
  expect(schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive))).toEqual([])
})

test('each mutation takes an idempotency key, and answers with a union of what was granted and refusals', () => {
  const refusal = schema.getType('Refusal')
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect([field.name, field.args.some(({ name }) => name === 'idempotencyKey')]).toEqual([field.name, true])
    const result = schema.getType(`${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Result`)
    expect(String(field.type)).toBe(`${result?.name}!`)
    const members = isUnionType(result) ? result.getTypes() : []
    const refusals = members.filter((member) => isInterfaceType(refusal) && schema.isSubType(refusal, member))
    expect([field.name, members.length - refusals.length]).toEqual([field.name, 1])
  }
})

test('every refusal is one that some mutation gives', () => {
  const refusal = schema.getType('Refusal')
  if (!isInterfaceType(refusal)) throw new Error('There is no interface Refusal')
  const given = new Set(types.filter(isUnionType).flatMap((union) => union.getTypes()))
  expect(schema.getPossibleTypes(refusal).filter((type) => !given.has(type))).toEqual([])
})

test('every type of event is a signal, save those that change nothing for a frontend', () => {
  const events = schema.getType('EventType')
  const untold = isEnumType(events) ? events.getValues().map(({ value }) => value as EventType) : []
  expect(untold.filter((type) => !isSignal(type))).toEqual([
    'ContentTopicsChanged',
    'NodeStarted',
    'NodeStopped',
    'NodeWentOffline',
    'NodeWentOnline',
    'SeedingRequested',
    'SeedingWithdrawn',
    // Who may speak to the node is for those who audit it.
    'TokenCreated',
    'TokenRevoked',
    // And so is who is told.
    'WebhookAdded',
    'WebhookRemoved',
  ])
})

test('what is printed of the schema is what the code says, and a stale copy is told', () => {
  const folder = createTemporaryFolder()
  const root = join(import.meta.dirname, '../..')
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true })
  cpSync(join(root, 'docs'), join(folder, 'docs'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  const print = (...args: readonly string[]): string =>
    execFileSync(process.execPath, ['src/graphql/print-schema.ts', ...args], { cwd: folder, stdio: 'pipe' }).toString()

  print()
  for (const name of ['schema.graphql', 'docs/access.md', 'docs/refusals.md']) {
    const printed = readFileSync(join(folder, name), 'utf8')
    expect(printed).toBe(readFileSync(join(root, name), 'utf8'))
    writeFileSync(join(folder, name), printed.replaceAll(/CommunityNotFound|OPERATOR /g, 'Other'))
  }
  expect(() => print('--check')).toThrow(
    /schema.graphql is not what.*\ndocs\/access.md is not what.*\ndocs\/refusals.md is not what/,
  )
})
