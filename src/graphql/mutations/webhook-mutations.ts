import type { ArgBuilder, ArgumentRef } from '@pothos/core'
import type { CommunityId } from '../../domain/community-id.ts'
import type { EventType } from '../../domain/events.ts'
import { parseWebhookUrl, type WebhookId, type WebhookUrl } from '../../domain/webhook.ts'
import { allow } from '../access/allow.ts'
import { builder, type SchemaTypes } from '../builder.ts'
import { metaOf } from '../context.ts'
import { Webhook } from '../nouns/webhook.ts'
import { parseCursor } from '../scalars/cursor.ts'
import { inputError } from '../scalars/input-error.ts'
import { SignalType } from '../scalars/signal-type.ts'
import type { AddedWebhook, WebhookWished } from '../webhooks.ts'
import { idempotencyKeyArg } from './mutation-args.ts'
import { defineResult, positionDescription } from './mutation.ts'
import { defineWebhookResult, shownWebhook } from './webhook-result.ts'

const AddWebhookResult = defineResult<AddedWebhook>(
  'AddWebhook',
  'The webhook is told from now on.',
  [
    'CommunityNotFound',
    'CommunityWasLeft',
    'TooManyWebhooks',
    'AddressRefused',
    'WebhookNotEncrypted',
    'WebhookNotFound',
  ],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    secret: t.exposeString('secret', {
      description:
        'What its deliveries are signed with (whsec_ and base64), for its receiver. It is shown by this answer alone.',
    }),
    webhook: t.field({
      type: Webhook,
      nullable: true,
      description: 'The webhook; null where it was removed since.',
      resolve: async ({ webhookId }, _args, context) => shownWebhook(webhookId, context),
    }),
  }),
)

builder.mutationField('addWebhook', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: AddWebhookResult.ref,
    description:
      'Has somebody outside told of signals over HTTP, until it is removed: also where the token of whoever added it ends.',
    args: {
      url: t.arg.string({
        required: true,
        description:
          'Where each signal is posted: https://, or http:// where the settings allow the local network. Kept beside the log.',
      }),
      signals: t.arg({ type: [SignalType], required: true, description: 'Which signals, at least one.' }),
      communityId: communityIdArg(t.arg),
      after: t.arg.string({
        required: false,
        description: 'The cursor of a signal: those behind it. "START": all there ever were. Null: those from now on.',
      }),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { url, signals, communityId, after, idempotencyKey }, context) => {
      const wish = { types: typesOf(signals), communityId: communityId ?? null, after: after ?? null }
      const input = { ...wish, url: urlOf(url), after: after == null ? null : parseCursor(after, context) }
      // Not even a digest of the URL is kept with the receipt.
      const added = await context.wishes.addWebhook(input, metaOf(context, idempotencyKey, wish))
      return AddWebhookResult.answer(added, communityId ?? null)
    },
  }),
)

const RemoveWebhookResult = defineResult<WebhookWished>(
  'RemoveWebhook',
  'The webhook is told nothing more, and its URL and its secret are deleted.',
  ['WebhookNotFound'],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    webhookId: t.expose('webhookId', { type: 'WebhookId', description: 'Its id.' }),
  }),
)

builder.mutationField('removeWebhook', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: RemoveWebhookResult.ref,
    description: 'Tells a webhook nothing more. A try that is under way ends as it does.',
    args: webhookArgs(t.arg),
    resolve: async (_root, { idempotencyKey, webhookId, communityId }, context) => {
      const wish = wishOf(webhookId, communityId)
      const meta = metaOf(context, idempotencyKey, wish)
      return RemoveWebhookResult.answer(await context.wishes.removeWebhook(wish, meta), wish.communityId)
    },
  }),
)

const RetryWebhookResult = defineWebhookResult('RetryWebhook', 'What failed is tried again at once.')

builder.mutationField('retryWebhook', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: RetryWebhookResult.ref,
    description: 'Tries at once what failed, and switches a webhook on again that was switched off.',
    args: webhookArgs(t.arg),
    resolve: async (_root, { idempotencyKey, webhookId, communityId }, context) => {
      const wish = wishOf(webhookId, communityId)
      const meta = metaOf(context, idempotencyKey, wish)
      return RetryWebhookResult.answer(await context.wishes.retryWebhook(wish, meta), wish.communityId)
    },
  }),
)

const RedeliverWebhookResult = defineWebhookResult(
  'RedeliverWebhook',
  'The webhook is told what comes behind the cursor.',
)

builder.mutationField('redeliverWebhook', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: RedeliverWebhookResult.ref,
    description:
      'Tells a webhook everything behind a cursor, again or for the first time, in order. With a later cursor it leaves out what is between, such as a signal that its receiver cannot take. Switches it on again.',
    args: {
      ...webhookArgs(t.arg),
      after: t.arg.string({ required: true, description: 'The cursor of a signal, or "START".' }),
    },
    resolve: async (_root, { idempotencyKey, webhookId, communityId, after }, context) => {
      const wish = wishOf(webhookId, communityId)
      const meta = metaOf(context, idempotencyKey, { ...wish, after })
      const moved = await context.wishes.redeliverWebhook({ ...wish, after: parseCursor(after, context) }, meta)
      return RedeliverWebhookResult.answer(moved, wish.communityId)
    },
  }),
)

const ReplayDeliveryResult = defineWebhookResult('ReplayDelivery', 'The delivery is tried once more.', [
  'DeliveryNotKept',
])

builder.mutationField('replayDelivery', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: ReplayDeliveryResult.ref,
    description: 'Tries one delivery once more, and no more than once. All others go on as they would.',
    args: {
      deliveryId: t.arg.string({ required: true, description: 'The delivery: what its receiver got as webhook-id.' }),
      communityId: communityIdArg(t.arg),
      idempotencyKey: idempotencyKeyArg(t.arg),
    },
    resolve: async (_root, { idempotencyKey, deliveryId, communityId }, context) => {
      const wish = { deliveryId, communityId: communityId ?? null }
      const meta = metaOf(context, idempotencyKey, wish)
      return ReplayDeliveryResult.answer(await context.wishes.replayDelivery(wish, meta), wish.communityId)
    },
  }),
)

function webhookArgs(arg: ArgBuilder<SchemaTypes>) {
  return {
    webhookId: arg({ type: 'WebhookId', required: true, description: 'The webhook.' }),
    communityId: communityIdArg(arg),
    idempotencyKey: idempotencyKeyArg(arg),
  }
}

function communityIdArg(arg: ArgBuilder<SchemaTypes>): ArgumentRef<SchemaTypes, CommunityId | null | undefined> {
  return arg({
    type: 'CommunityId',
    required: false,
    description: 'The community whose signals are told; null for all, which takes an operator of all.',
  })
}

function wishOf(
  webhookId: WebhookId,
  communityId: CommunityId | null | undefined,
): { readonly webhookId: WebhookId; readonly communityId: CommunityId | null } {
  return { webhookId, communityId: communityId ?? null }
}

/** No scalar of its own: those repeat in errors what they cannot read. */
function urlOf(text: string): WebhookUrl {
  const url = parseWebhookUrl(text)
  if (url.ok) return url.value
  const shape =
    'http:// or https://, of at most 2048 printable ASCII characters, without user name, password or fragment'
  throw inputError('url', `Argument "url" must be a URL that begins with ${shape}.`)
}

function typesOf(signals: readonly EventType[]): readonly EventType[] {
  if (signals.length > 0) return [...new Set(signals)].toSorted()
  throw inputError('signals', 'Argument "signals" must name at least one signal.')
}
