import type { WebhookFailureCode as FailureCode, WebhookOffCode as OffCode } from '../../domain/webhook.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { cursorMalformed } from '../scalars/cursor.ts'
import { readPage } from '../scalars/page.ts'
import { SignalType } from '../scalars/signal-type.ts'
import type { ShownDelivery, ShownWebhook } from '../webhooks.ts'

interface Described {
  readonly description: string
}

const failures: Readonly<Record<FailureCode, Described>> = {
  ADDRESS_REFUSED: { description: 'Its host is on this machine or its network, which is not allowed.' },
  NOT_ENCRYPTED: { description: 'Its URL is not encrypted, which only hosts of the local network may be.' },
  HOST_NOT_FOUND: { description: 'Its name stands for no address.' },
  UNREACHABLE: { description: 'No connection came about, or it broke.' },
  CERTIFICATE_REFUSED: { description: 'Its certificate is not good.' },
  TIMED_OUT: { description: 'It did not answer within 10 seconds.' },
  STATUS_REFUSED: { description: 'It answered with another status than 2xx. Redirects are not followed.' },
  INTERNAL: { description: "This node failed; the node's own log has the details." },
}

const WebhookFailureCode = builder.enumType('WebhookFailureCode', {
  description: 'Why a webhook could not be told.',
  values: failures,
})

const offCodes: Readonly<Record<OffCode, Described>> = {
  GONE: { description: 'It answered 410, which says that it wants no more.' },
  GAVE_UP: { description: 'For three days nothing but failures came of it.' },
}

const WebhookOffCode = builder.enumType('WebhookOffCode', {
  description: 'Why a webhook was switched off. retryWebhook switches it on again.',
  values: offCodes,
})

const WebhookDelivery = builder.objectRef<ShownDelivery>('WebhookDelivery').implement({
  description: 'What the newest try to tell a webhook of an event came to.',
  fields: (t) => ({
    deliveryId: t.exposeString('deliveryId', {
      description: 'Its id, the same for each try: what is sent as the header webhook-id.',
    }),
    position: t.expose('position', { type: 'Position', description: 'The event that it tells.' }),
    type: t.expose('type', { type: SignalType, description: 'What it tells.' }),
    isDelivered: t.boolean({
      description: 'Whether the newest try was answered with 2xx.',
      resolve: ({ failure }) => failure === null,
    }),
    attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    status: t.exposeInt('status', { nullable: true, description: 'The status of the answer; null without one.' }),
    failure: t.expose('failure', {
      type: WebhookFailureCode,
      nullable: true,
      description: 'Why it failed; null where it did not.',
    }),
    durationMs: t.exposeInt('durationMs', { description: 'How long the newest try took, in milliseconds.' }),
    triedAt: t.expose('triedAt', { type: 'DateTime', description: 'When it was tried last.' }),
    nextTryAt: t.expose('nextTryAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried again; null where it was delivered, is a replay, or its webhook is switched off.',
    }),
  }),
})

/** Somebody outside who is told of events. */
export const Webhook = builder.objectRef<ShownWebhook>('Webhook').implement({
  description:
    'Somebody outside who is told of signals over HTTP: each at least once, and in their order. How it is signed: docs/webhooks.md.',
  fields: (t) => ({
    webhookId: t.expose('webhookId', { type: 'WebhookId', description: 'Its id.' }),
    url: t.exposeString('url', { description: 'Where it is told. It is kept beside the log, and may hold a secret.' }),
    communityId: t.expose('communityId', {
      type: 'CommunityId',
      nullable: true,
      description: 'The community whose signals it is told, with those of the node as a whole; null for all.',
    }),
    signals: t.expose('types', { type: [SignalType], description: 'Which signals it is told.' }),
    addedAt: t.expose('addedAt', { type: 'DateTime', description: 'When it was added.' }),
    addedBy: t.expose('addedBy', { type: 'Actor', description: 'Who added it.' }),
    toldUpTo: t.expose('toldUpTo', {
      type: 'Position',
      description: 'The last event that it was told; before the first one, the event behind which it is told.',
    }),
    off: t.expose('off', {
      type: WebhookOffCode,
      nullable: true,
      description: 'Why it was switched off; null while it is on.',
    }),
    failures: t.exposeInt('failures', { description: 'How often it failed in a row.' }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when nothing but failures came of it; null where the newest try was good.',
    }),
    nextTryAt: t.expose('nextTryAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried again after a failure; null where it does not wait.',
    }),
  }),
})

builder.objectField(Webhook, 'deliveries', (t) =>
  t.connection(
    {
      type: WebhookDelivery,
      description: 'Its deliveries, those that were tried last first: 100 are kept.',
      resolve: async ({ webhookId }, args, { webhooks, turns }) =>
        readPage<ShownDelivery>(
          args,
          ({ number }) => deliveryCursor(number),
          async ({ after, before, limit, inverted }) => {
            // What is behind a cursor was tried before it.
            const page = { before: parseDeliveryCursor(after), after: parseDeliveryCursor(before) }
            return webhooks.deliveries(webhookId, { ...page, limit, ascending: inverted })
          },
          turns,
        ),
    },
    { name: 'WebhookDeliveryConnection', description: 'A page of deliveries.' },
    { name: 'WebhookDeliveryEdge', description: 'A delivery and its place in the list.' },
  ),
)

builder.queryField('webhooks', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: [Webhook],
    description: 'The webhooks of a community, or all where none is named, in the order in which they were added.',
    args: {
      communityId: t.arg({ type: 'CommunityId', required: false, description: 'Only those of this community.' }),
    },
    resolve: async (_root, { communityId }, { webhooks }) => webhooks.list(communityId ?? null),
  }),
)

function deliveryCursor(number: number): string {
  return Buffer.from(`delivery:${number}`).toString('base64url')
}

function parseDeliveryCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const [, digits] = /^delivery:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (digits === undefined) throw cursorMalformed('a cursor that `deliveries` gave out')
  return Number(digits)
}
