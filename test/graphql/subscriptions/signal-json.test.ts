import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/access.ts'
import type { DomainEvent } from '../../../src/domain/events.ts'
import type { UnixMillis } from '../../../src/domain/time.ts'
import type { EventData } from '../../../src/events/event-schemas.ts'
import { streamOf, type EventId, type Position } from '../../../src/events/recorded-event.ts'
import { describedSignals } from '../../../src/graphql/subscriptions/signal.ts'
import { signalJson, type SignalJson } from '../../../src/graphql/subscriptions/signal-json.ts'
import * as facts from '../../support/community-facts.ts'
import { shapeOf } from '../../support/event-samples.ts'
import { ONE_OF_EACH } from '../../support/one-of-each-event.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { FACTS_CORRELATION_ID } from '../../support/record-facts.ts'

async function told(event: DomainEvent, { webhooks }: OpenApi, grant = EVERYTHING): Promise<SignalJson> {
  const ids = { id: '01970000-0000-7000-8000-000000000000' as EventId, correlationId: FACTS_CORRELATION_ID }
  const place = { position: 7 as Position, stream: streamOf(event), version: 1, schemaVersion: 1 }
  const recordedAt = 1_000 as UnixMillis
  const recorded = { ...ids, ...place, event, recordedAt, actor: 'local', causationId: null } as const
  return signalJson(recorded, grant, webhooks.ports())
}

test('every signal is told with all that it says, and nothing of how things stand when it is read', async () => {
  const api = await openApi()
  // A checkpoint is told with its note, which is made of the events before it.
  const signals = describedSignals().filter(({ type }) => type !== 'CheckpointSigned')
  for (const { type, name } of signals) {
    const { type: shown, occurredAt, fields } = await told(ONE_OF_EACH[type], api)
    const common = { __typename: name, position: '7', correlationId: FACTS_CORRELATION_ID, occurredAt }
    expect({ shown, fields }).toMatchObject({ shown: name, fields: { ...common, cursor: expect.any(String) } })
    expect(Object.keys(fields)).not.toEqual(expect.arrayContaining(['community']))
    expect(Object.keys(fields)).not.toEqual(expect.arrayContaining(['run']))
  }
  expect(signals.length).toBeGreaterThan(30)
  const { fields } = await told(ONE_OF_EACH.ArchivesVerified, api)
  expect(fields).toMatchObject({ damage: { pieces: [{ from: 0 }], pieceCount: 3, index: true } })
  await expect(told(facts.seedingRequested, api)).rejects.toThrow('SeedingRequested is no signal')
})

test('the example of the docs has the shape of what is told', async () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/webhooks.md'), 'utf8')
  const [, example = ''] = /```json\n(.*?)```/s.exec(docs) ?? []
  const { type, fields } = await told(ONE_OF_EACH.MagnetlinkDispatched, await openApi())
  const { data } = JSON.parse(example) as { readonly data: EventData }
  expect(shapeOf(data)).toEqual(shapeOf(JSON.parse(JSON.stringify(fields))))
  expect(example).toContain(`"type": "${type}"`)
})
