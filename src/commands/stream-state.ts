import type { Command, CommunityCommand } from '../domain/commands.ts'
import { unknownCommunity, type Community } from '../domain/community.ts'
import { decideCommunity } from '../domain/decide-community.ts'
import { evolveCommunity } from '../domain/evolve-community.ts'
import type { CommunityEvent, DomainEvent } from '../domain/events.ts'
import { decideNode, evolveNode, newNode, type NodeState } from '../domain/node.ts'
import type { DomainRefusal } from '../domain/refusals.ts'
import type { Result } from '../domain/result.ts'
import { communityStream, NODE_STREAM, type StreamName } from '../events/recorded-event.ts'

/** The state of one stream at a version, which the next decision stands on. */
export type StreamState =
  | { readonly kind: 'COMMUNITY'; readonly version: number; readonly state: Community }
  | { readonly kind: 'NODE'; readonly version: number; readonly state: NodeState }

/** The stream that a command is decided on. */
export function streamOfCommand(command: Command): StreamName {
  return 'communityId' in command ? communityStream(command.communityId) : NODE_STREAM
}

/** The state of a stream before its first event. */
export function emptyStream(stream: StreamName): StreamState {
  return stream === NODE_STREAM
    ? { kind: 'NODE', version: 0, state: newNode }
    : { kind: 'COMMUNITY', version: 0, state: unknownCommunity }
}

/**
 * Decides a command on the state of its stream.
 *
 * @throws When the command belongs to another kind of stream, which `streamOfCommand` rules out.
 */
export function decide(command: Command, held: StreamState): Result<readonly DomainEvent[], DomainRefusal> {
  if (held.kind === 'COMMUNITY' && isCommunityCommand(command)) return decideCommunity(command, held.state)
  if (held.kind === 'NODE' && !isCommunityCommand(command)) return decideNode(command, held.state)
  throw new Error(`Cannot decide ${command.type} on the state of a ${held.kind} stream`)
}

/**
 * The state after one more event.
 *
 * @throws When the event belongs to another kind of stream: the log is not what was written.
 */
export function evolve(held: StreamState, event: DomainEvent): StreamState {
  const version = held.version + 1
  if (held.kind === 'COMMUNITY' && isCommunityEvent(event)) {
    return { kind: 'COMMUNITY', version, state: evolveCommunity(held.state, event) }
  }
  if (held.kind === 'NODE' && !isCommunityEvent(event)) {
    return { kind: 'NODE', version, state: evolveNode(held.state, event) }
  }
  throw new Error(`Cannot apply ${event.type} to the state of a ${held.kind} stream at version ${held.version}`)
}

function isCommunityCommand(command: Command): command is CommunityCommand {
  return 'communityId' in command
}

function isCommunityEvent(event: DomainEvent): event is CommunityEvent {
  return 'communityId' in event
}
