import { Problem, type ProblemCode } from '../../../preload/contract/problem.ts'

/** What an API server says of a request that it refused (a `Status` of meta/v1). */
export interface KubernetesStatus {
  /** HTTP status code. */
  readonly code: number
  /** Machine-readable, such as NotFound, AlreadyExists, Conflict, Expired, Invalid, Forbidden. */
  readonly reason: string
  readonly message: string
}

/** A request that the API server answered, but not with what was asked for. */
export class KubernetesError extends Problem {
  readonly status: KubernetesStatus
  constructor(code: ProblemCode, message: string, status: KubernetesStatus) {
    super(code, message, `HTTP ${status.code} ${status.reason}: ${status.message}`)
    this.name = 'KubernetesError'
    this.status = status
  }
}

const hasCode = (error: unknown, code: number): boolean =>
  error instanceof KubernetesError && error.status.code === code

export const isBadRequest = (error: unknown): boolean => hasCode(error, 400)
export const isNotFound = (error: unknown): boolean => hasCode(error, 404)
/** 409: someone else changed it, or it exists already (`isAlreadyExists`). */
export const isConflict = (error: unknown): boolean => hasCode(error, 409)
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof KubernetesError && error.status.reason === 'AlreadyExists'
/** 410: the version or the page that was asked for is compacted away; list again. */
export const isGone = (error: unknown): boolean => hasCode(error, 410)
/** 422: the object does not fit its schema. */
export const isInvalid = (error: unknown): boolean => hasCode(error, 422)
export const isForbidden = (error: unknown): boolean => hasCode(error, 403)

const evidenceLimit = 1_024

/** The failure that an HTTP answer stands for. `body` is text, cut by the caller. */
export function failureOfAnswer(code: number, contentType: string, body: string, server: string): Problem {
  const status = readStatus(code, body)
  if (status === undefined && isForeign(code, contentType)) {
    return new Problem(
      'CLUSTER_UNREACHABLE',
      `What answers at ${server} is not a Kubernetes API server.`,
      `HTTP ${code} ${contentType}\n${body.slice(0, evidenceLimit)}`,
    )
  }
  const said = status ?? { code, reason: reasonOf(code), message: body.trim().slice(0, evidenceLimit) }
  if (code === 401)
    return new KubernetesError('CLUSTER_UNAUTHORIZED', 'The API server does not accept who we are.', said)
  if (code === 403)
    return new KubernetesError('CLUSTER_FORBIDDEN', said.message || 'The API server forbids this.', said)
  if (code === 429 || code === 503 || code === 504) {
    return new KubernetesError('CLUSTER_BUSY', 'The API server cannot answer at the moment.', said)
  }
  return new KubernetesError('CLUSTER_REFUSED', said.message || `The API server answered HTTP ${code}.`, said)
}

/** A `Status` that arrives inside a watch as an ERROR event. */
export function failureOfStatus(status: unknown, server: string): Problem {
  const code = field(status, 'code')
  return failureOfAnswer(
    typeof code === 'number' ? code : 500,
    'application/json',
    JSON.stringify(status ?? {}),
    server,
  )
}

function readStatus(code: number, body: string): KubernetesStatus | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    if (field(parsed, 'kind') !== 'Status') return undefined
    const reason = field(parsed, 'reason')
    const message = field(parsed, 'message')
    return {
      code,
      reason: typeof reason === 'string' && reason !== '' ? reason : reasonOf(code),
      message: typeof message === 'string' ? message : '',
    }
  } catch {
    return undefined
  }
}

/** A login page, a block page or a proxy: the API server itself answers in JSON, or in plain text for a path it lacks. */
const isForeign = (code: number, contentType: string): boolean => code === 407 || contentType.includes('html')

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
}
const reasonOf = (code: number): string => reasons[code] ?? 'Unknown'

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** Codes of OpenSSL and Node for a certificate that does not prove what it should. */
const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w*CERT\w*|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$/
/** TLS alerts with which a server refuses the client's certificate, or the lack of one. */
const refusedUs =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|ACCESS_DENIED)/

/** The failure that a broken connection stands for; the system's code is in its evidence. */
export function failureOfConnection(error: unknown, server: string): Problem {
  const { code, message } = innermost(error)
  const evidence = `${code}${code === '' ? '' : ': '}${message}`.slice(0, evidenceLimit)
  if (untrusted.test(code)) {
    return new Problem('CLUSTER_UNTRUSTED', `The certificate at ${server} is not trusted.`, evidence, { cause: error })
  }
  if (refusedUs.test(code)) {
    const said = `The API server at ${server} does not accept the client certificate.`
    return new Problem('CLUSTER_UNAUTHORIZED', said, evidence, { cause: error })
  }
  return new Problem('CLUSTER_UNREACHABLE', `No connection to ${server}.`, evidence, { cause: error })
}

/** The cause at the bottom that has a system code: undici and happy eyeballs wrap it. */
function innermost(error: unknown): { code: string; message: string } {
  let found = { code: '', message: '' }
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; depth += 1) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string' || found.code === '') {
      found = { code: typeof code === 'string' ? code : '', message: at.message || found.message }
    }
    at = at instanceof AggregateError && at.cause === undefined ? at.errors[0] : at.cause
  }
  return found
}
