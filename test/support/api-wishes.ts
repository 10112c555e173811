/** The content topic of communities that are added by `ADD_COMMUNITY`. */
export const TOPIC = '0x0a0b0c0d'

/** Adds a community; a native one that archives, where the variables do not say otherwise. */
export const ADD_COMMUNITY = `mutation Add($id: CommunityId, $role: Role = CONTROL_NODE, $topics: [ContentTopic!] = ["${TOPIC}"], $archiving: Boolean! = true, $key: IdempotencyKey) {
  answer: addCommunity(communityId: $id, role: $role, contentTopics: $topics, archiving: $archiving, idempotencyKey: $key) {
    __typename
    ... on AddCommunityAccepted { position community { communityId identity status role contentTopics archiving seeding } }
    ... on Refusal { code message }
  }
}`

/** What a wish is answered with, as `ADD_COMMUNITY` and `plainWish` ask for it. */
export interface Answer {
  readonly answer: {
    readonly __typename: string
    readonly code?: string
    readonly message?: string
    readonly position?: string | null
    readonly community?: { readonly communityId: string }
  }
}

/** A wish about one community that says no more than its name. */
export function plainWish(wish: string, key = ''): string {
  const type = `${wish.charAt(0).toUpperCase()}${wish.slice(1)}`
  return `mutation Plain($id: CommunityId!) { answer: ${wish}(communityId: $id ${key}) {
    __typename
    ... on ${type}Accepted { position community { status archiving seeding } }
    ... on Refusal { code message }
  } }`
}
