import { Problem } from '../../../preload/contract/problem.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import { withPermission } from '../collect/missing-permission.ts'
import type { EngineService } from './service.ts'

type Refusals = readonly (readonly [RegExp, string])[]

/** What Loki's refusals mean (its pkg/validation/limits.go and pkg/logql/syntax/parser.go), in the order in which they are tried. */
const refusalsOfLoki: Refusals = [
  [/no org id/i, 'has several tenants: name one with --tenant, or beside its name in the window.'],
  [/too many outstanding requests/i, 'has too many requests waiting. Try again later.'],
  [
    /query time range exceeds the limit|query length/i,
    'does not answer for so long a time. Choose a shorter time range.',
  ],
  [/query would read too many bytes/i, 'would have to read too much. Choose a shorter time range, a source or a pod.'],
  [/input size too long/i, 'does not take so long a query. Ask for fewer words.'],
  [/deadline exceeded|timed? ?out/i, 'did not answer in time. Choose a shorter time range, a source or a pod.'],
]

/** Of OpenSearch, by the types of its exceptions (org.opensearch.OpenSearchException), and of its security plugin. */
const refusalsOfOpenSearch: Refusals = [
  [/security_exception/, 'does not permit its user to read these indices. Name those that are permitted: --index.'],
  [/index_not_found_exception/, 'has no such index. Name those of the logs: --index.'],
  [/index_closed_exception/, 'has closed one of these indices. Name others: --index.'],
  [
    /circuit_breaking_exception/,
    'has too little memory for the request. Choose a shorter time range, a source or a pod.',
  ],
  [/rejected_execution_exception/, 'has too many requests waiting. Try again later.'],
  [/too_many_clauses|too_many_nested_clauses/, 'does not take so long a query. Ask for fewer words.'],
  [
    /timeout_exception|time exceeded|timed? ?out|task_cancelled_exception/i,
    'did not answer in time. Choose a shorter time range, a source or a pod.',
  ],
]

/** Of a status of 500 or more: all shards refuse what is wrong with a request too. */
const shardsMissing = /missing shards|all shards failed|partial shards failure|no_shard_available_action_exception/i

/** Whether another attempt gets the same refusal: shards that are missing do not come back within seconds. Pure. */
export const isPermanent = (message: string): boolean => /missing shards/i.test(message)

/** The API server names what it refuses; a refusal without it is from behind its proxy. */
const isOfApiServer = (message: string): boolean => /^services "[^"]*" is forbidden/.test(message)
/** A page of a gateway, which an API server does not send. */
const signInPage = /^HTTP (?:401|403)\b/
/** The API server removes `Authorization` from what it passes on. */
const signIn =
  'or a gateway before it, asks for a password or refuses this user. The API server’s proxy does not pass a password on: choose the service behind the gateway, or one that asks for none.'

/**
 * What a failed request to an engine means. The API server's own refusals stay, with the permission that is missing; a 401 is the
 * engine's where the API server knows the user. Pure.
 */
export function engineProblem(error: unknown, service: EngineService, isEnginesUnauthorized = false): unknown {
  const problem = (code: 'LOG_ENGINE_REFUSED' | 'LOG_ENGINE_UNAVAILABLE', words: string, evidence: string): Problem =>
    new Problem(code, `The log engine ${nameOf(service)}${words}`, evidence, { cause: error })
  if (error instanceof Problem && error.code === 'CLUSTER_UNREACHABLE' && signInPage.test(error.evidence))
    return problem('LOG_ENGINE_REFUSED', `, ${signIn}`, error.evidence)
  if (!(error instanceof KubernetesError)) return error
  const { code, message } = error.status
  const refused = (words: string): Problem => problem('LOG_ENGINE_REFUSED', ` ${words}`, error.evidence)
  if (code === 403 && isOfApiServer(message)) return withPermission(error, 'get services/proxy', service.namespace)
  const table = service.kind === 'loki' ? refusalsOfLoki : refusalsOfOpenSearch
  const known = table.find(([words]) => words.test(message))
  if (known !== undefined) return refused(known[1])
  if (service.kind === 'opensearch' && code >= 500 && shardsMissing.test(message))
    return refused(
      'cannot read some of its shards, so lines would be missing. Check its health (red), or name other indices: --index.',
    )
  if (code === 403 || (code === 401 && isEnginesUnauthorized))
    return problem('LOG_ENGINE_REFUSED', `, ${signIn}`, error.evidence)
  if (code === 401) return error
  if (code === 404 || code === 502 || code === 503)
    return problem('LOG_ENGINE_UNAVAILABLE', ' does not answer.', error.evidence)
  if (code === 429) return refused('limits requests. Try again later.')
  if (code === 400 || code === 422 || code >= 500) return refused('refuses the request.')
  return error
}

const nameOf = ({ namespace, name, port }: EngineService): string => `${namespace}/${name}:${port}`
