// The plane's container registry (OCI distribution, the part that pulls): what it lacks it fetches from the registry
// of the private network, checks against its digest, and keeps.
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer, log, serveHealth, setting, stopping } from './runtime.mjs'
import { pull } from './upstream.mjs'

const folder = setting('STORE_FOLDER')
const port = Number(setting('PORT'))
const checkEveryMs = 15_000
const longestManifest = 4_000_000
const state = { served: 0, fetched: 0, upstream: 'not asked yet' }
for (const name of ['blobs', 'types', 'tags']) mkdirSync(`${folder}/${name}`, { recursive: true })

const digestPattern = /^sha256:[0-9a-f]{64}$/
const fileOf = (kind, digest) => `${folder}/${kind}/${digest.slice(7)}`
const tagFile = (name, tag) => `${folder}/tags/${createHash('sha256').update(`${name}:${tag}`).digest('hex')}`
const refuse = (response, status, code, message) => answer(response, status, { errors: [{ code, message }] })

/** Keeps the body under its digest; refuses one that is not what was asked for. */
const keep = async (body, wanted) => {
  const hash = createHash('sha256')
  const part = `${folder}/${randomBytes(8).toString('hex')}.part`
  try {
    await pipeline(
      body,
      async function* (parts) {
        for await (const bytes of parts) {
          hash.update(bytes)
          yield bytes
        }
      },
      createWriteStream(part),
    )
    const digest = `sha256:${hash.digest('hex')}`
    if (wanted !== undefined && digest !== wanted) throw new Error(`the registry sent ${digest} for ${wanted}`)
    renameSync(part, fileOf('blobs', digest))
    return digest
  } finally {
    rmSync(part, { force: true })
  }
}

const fetchFromUpstream = async (kind, name, reference) => {
  const response = await pull(`/v2/${name}/${kind}/${reference}`)
  if (response.statusCode !== 200) {
    response.resume()
    return undefined
  }
  if (kind === 'manifests' && Number(response.headers['content-length'] ?? 0) > longestManifest) throw new Error('the manifest is too long')
  const digest = await keep(response, digestPattern.test(reference) ? reference : undefined)
  writeFileSync(fileOf('types', digest), response.headers['content-type'] ?? 'application/octet-stream')
  if (digest !== reference) writeFileSync(tagFile(name, reference), digest)
  state.fetched += 1
  log('INFO', 'fetched from the private network', { name, kind, reference, digest })
  return digest
}

const find = async (kind, name, reference) => {
  const tag = tagFile(name, reference)
  const known = digestPattern.test(reference) ? reference : existsSync(tag) ? readFileSync(tag, 'utf8') : undefined
  return known !== undefined && existsSync(fileOf('blobs', known)) ? known : fetchFromUpstream(kind, name, reference)
}

const handle = async (request, response) => {
  const path = (request.url ?? '').split('?')[0]
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'UNSUPPORTED', 'this registry is only pulled from')
  if (path === '/v2/') return answer(response, 200, {}, { 'docker-distribution-api-version': 'registry/2.0' })
  const [, name, kind, reference] = /^\/v2\/([a-z0-9._/-]{1,200})\/(manifests|blobs)\/([\w.:-]{1,140})$/.exec(path) ?? []
  if (name === undefined) return refuse(response, 404, 'NAME_UNKNOWN', 'no such path')
  const digest = await find(kind, name, reference)
  if (digest === undefined) return refuse(response, 404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN', 'nowhere to be found')
  const file = fileOf('blobs', digest)
  const type = existsSync(fileOf('types', digest)) ? readFileSync(fileOf('types', digest), 'utf8') : 'application/octet-stream'
  response.writeHead(200, { 'content-type': type, 'content-length': statSync(file).size, 'docker-content-digest': digest })
  state.served += 1
  return request.method === 'HEAD' ? response.end() : pipeline(createReadStream(file), response)
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    log('ERROR', 'request failed', { path: request.url, error: error.message })
    if (response.headersSent) response.destroy()
    else refuse(response, 502, 'UNAVAILABLE', 'the registry of the private network could not serve it')
  })
})
server.listen(port)
stopping.addEventListener('abort', () => server.close())
serveHealth({ ready: () => (server.listening ? undefined : 'the listener is not open'), status: () => state })

while (!stopping.aborted) {
  const outcome = await pull('/v2/').then(
    (response) => {
      response.resume()
      return response.statusCode === 200 ? 'signed in' : `answered ${response.statusCode}`
    },
    (error) => error.message,
  )
  if (outcome !== state.upstream) log(outcome === 'signed in' ? 'INFO' : 'ERROR', 'registry of the private network', { outcome })
  state.upstream = outcome
  await sleep(checkEveryMs, undefined, { signal: stopping }).catch(() => undefined)
}
