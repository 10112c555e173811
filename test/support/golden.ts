import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ArchiveId } from '../../src/domain/archive.ts'
import type { CommunityId } from '../../src/domain/community-id.ts'
import type { ContentTopic } from '../../src/domain/content-topic.ts'
import type { InfoHash } from '../../src/domain/info-hash.ts'
import type { Message } from '../../src/domain/message.ts'
import type { UnixSeconds } from '../../src/domain/time.ts'

/** What the reference implementation made of known messages, in one run after the other. */
export interface GoldenCase {
  readonly name: string
  readonly communityId: CommunityId
  readonly topics: readonly ContentTopic[]
  readonly steps: readonly GoldenStep[]
}

export interface GoldenStep {
  readonly step: number
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly partitionSeconds: number
  /** What was recorded when the step ran, in that order; not of the community alone. */
  readonly messages: readonly Message[]
  /** What it wrote; null where there was nothing to archive. */
  readonly written: GoldenFiles | null
}

export interface GoldenFiles {
  readonly archiveIds: readonly ArchiveId[]
  readonly infoHash: InfoHash
  readonly dataBytes: number
  readonly dataSha256: string
  /** Null for the one case that is too large to be kept. */
  readonly data: Uint8Array | null
  readonly index: Uint8Array
  readonly torrent: Uint8Array
}

interface CaseJson {
  readonly name: string
  readonly communityId: CommunityId
  readonly topics: readonly ContentTopic[]
  readonly steps: readonly StepJson[]
  readonly recipe?: readonly RecipeJson[]
}

interface StepJson {
  readonly step: number
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly partitionSeconds: number
  readonly archiveIds?: readonly ArchiveId[]
  readonly infoHash?: InfoHash
  readonly dataBytes?: number
  readonly dataSha256?: string
}

/** A message whose fields are one byte, repeated. */
interface RecipeJson {
  readonly timestamp: UnixSeconds
  readonly topic: ContentTopic
  readonly payloadByte: string
  readonly payloadBytes: number
  readonly sigByte: string
  readonly sigBytes: number
  readonly hashByte: string
  readonly hashBytes: number
}

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'golden')

/** The names of all golden cases. */
export const GOLDEN_CASES: readonly string[] = readdirSync(FOLDER)

/** Reads a golden case with all its files. */
export function readGoldenCase(name: string): GoldenCase {
  const { communityId, topics, steps, recipe } = JSON.parse(read(name, 'case.json').toString()) as CaseJson
  const recorded: Message[] = recipe?.map(followRecipe) ?? []
  return {
    name,
    communityId,
    topics,
    steps: steps.map((step) => {
      if (recipe === undefined) recorded.push(...parseNdjson(read(name, `messages-${step.step}.ndjson`)))
      const { from, to, partitionSeconds } = step
      return { step: step.step, from, to, partitionSeconds, messages: [...recorded], written: readFiles(name, step) }
    }),
  }
}

/** Parses messages, one a line: bytes are `0x` and hex, the timestamp is in Unix seconds. */
export function parseNdjson(text: Uint8Array): readonly Message[] {
  const lines = Buffer.from(text).toString().split('\n')
  return lines.filter((line) => line !== '').map((line) => messageOf(JSON.parse(line) as Record<keyof Message, string>))
}

function messageOf(json: Record<keyof Message, string>): Message {
  return {
    sig: bytesOf(json.sig),
    timestamp: Number(json.timestamp) as UnixSeconds,
    topic: json.topic as ContentTopic,
    payload: bytesOf(json.payload),
    padding: bytesOf(json.padding),
    hash: bytesOf(json.hash),
    thirdPartyId: json.thirdPartyId,
  }
}

function followRecipe(recipe: RecipeJson): Message {
  return {
    sig: Buffer.alloc(recipe.sigBytes, recipe.sigByte, 'hex'),
    timestamp: recipe.timestamp,
    topic: recipe.topic,
    payload: Buffer.alloc(recipe.payloadBytes, recipe.payloadByte, 'hex'),
    padding: Buffer.alloc(0),
    hash: Buffer.alloc(recipe.hashBytes, recipe.hashByte, 'hex'),
    thirdPartyId: '',
  }
}

function readFiles(name: string, { step, archiveIds, infoHash, dataBytes, dataSha256 }: StepJson): GoldenFiles | null {
  if (archiveIds === undefined || infoHash === undefined || dataBytes === undefined || dataSha256 === undefined) {
    return null
  }
  const dataFile = `data-${step}.gz`
  return {
    archiveIds,
    infoHash,
    dataBytes,
    dataSha256,
    data: existsSync(goldenPathOf(name, dataFile)) ? gunzipSync(read(name, dataFile)) : null,
    index: read(name, `index-${step}`),
    torrent: read(name, `torrent-${step}.torrent`),
  }
}

/** Where a file of a golden case is. */
export function goldenPathOf(name: string, file: string): string {
  return join(FOLDER, name, file)
}

function read(name: string, file: string): Buffer {
  return readFileSync(goldenPathOf(name, file))
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), 'hex')
}
