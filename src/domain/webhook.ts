import type { Brand } from './brand.ts'
import type { CommunityId } from './community-id.ts'
import { err, ok, type Result } from './result.ts'
import type { WebhookEvent } from './webhook-events.ts'

/** Names a webhook: a UUID. */
export type WebhookId = Brand<string, 'WebhookId'>

/** Where a webhook is told: `http` or `https`, as the rules for URLs write it. May hold a secret, so it is never recorded. */
export type WebhookUrl = Brand<string, 'WebhookUrl'>

/** Does not repeat the text, which may hold a secret. */
export interface InvalidWebhookUrl {
  readonly type: 'InvalidWebhookUrl'
}

/** In UTF-16 units. */
const MAX_LENGTH = 2048

/**
 * Parses the URL of a webhook. Path and query are free; a user name and a password are refused, as they would be shown in
 * more places than they are sent to.
 *
 * @returns One text for all ways to write the same; `InvalidWebhookUrl` for anything else. Never throws.
 * @example parseWebhookUrl('HTTPS://hooks.example:443/a?b') // https://hooks.example/a?b
 */
export function parseWebhookUrl(text: string): Result<WebhookUrl, InvalidWebhookUrl> {
  const url = text.length <= MAX_LENGTH && /^[!-~]+$/.test(text) ? URL.parse(text) : null
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === null || !isHttp || url.username !== '' || url.password !== '' || /[#\\]/.test(text)) {
    return err({ type: 'InvalidWebhookUrl' })
  }
  return url.href.length <= MAX_LENGTH ? ok(url.href as WebhookUrl) : err({ type: 'InvalidWebhookUrl' })
}

/** Why a webhook could not be told. */
export type WebhookFailureCode =
  /** Its host is on this machine or its network, which is not allowed. */
  | 'ADDRESS_REFUSED'
  /** It is not encrypted, which only hosts of the local network may be. */
  | 'NOT_ENCRYPTED'
  /** Its name stands for no address. */
  | 'HOST_NOT_FOUND'
  /** No connection came about, or it broke. */
  | 'UNREACHABLE'
  /** Its certificate is not good. */
  | 'CERTIFICATE_REFUSED'
  /** It did not answer in time. */
  | 'TIMED_OUT'
  /** It answered with another status than 2xx; redirects are not followed. */
  | 'STATUS_REFUSED'
  /** This node failed; its own log has the details. */
  | 'INTERNAL'

/** Why a webhook was switched off. GONE: it answered 410. GAVE_UP: nothing but failures for days. */
export type WebhookOffCode = 'GONE' | 'GAVE_UP'

/** What deciding about webhooks needs to remember of one. */
export interface KnownWebhook {
  readonly webhookId: WebhookId
  /** Null where it is told of all communities. */
  readonly communityId: CommunityId | null
}

/** The webhooks that there are, few enough for a list. */
export type KnownWebhooks = readonly KnownWebhook[]

/** The webhooks after one more fact. */
export function evolveWebhooks(webhooks: KnownWebhooks, { type, data }: WebhookEvent): KnownWebhooks {
  switch (type) {
    case 'WebhookAdded':
      return [...webhooks, { webhookId: data.webhookId, communityId: data.communityId }]
    case 'WebhookRemoved':
      return webhooks.filter(({ webhookId }) => webhookId !== data.webhookId)
  }
}
