import { serveHttp2 } from '../servers/grpc.ts'
import { html, json, type Page, servePage } from '../servers/http.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

/** Gateways and platforms that know neither host nor path, and refusals that say why in other forms. */

const answers =
  (page: Page, row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await servePage(page)).port, ...row } })
const text = (body: string, status: number, headers: Readonly<Record<string, string>> = {}): Page => ({
  status,
  headers: { 'Content-Type': 'text/plain', ...headers },
  body,
})
const api = { path: '/api' }
const envoy = { status: 404, headers: { Server: 'istio-envoy' } }
const calls =
  (status: string, message: string, more: Readonly<Record<string, string>> = {}) =>
  async (): Promise<Setup> => {
    const headers = { 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': message, ...more }
    const { port } = await serveHttp2((stream) => stream.respond({ ':status': 200, ...headers }, { endStream: true }))
    return { row: { port, protocol: 'grpc' } }
  }

const unknown: readonly Case[] = [
  fault('identity.no-route', 'an ingress controller without a rule', answers(text('default backend - 404', 404), api), {
    near: ['identity.protocol'],
  }),
  fine(
    ['identity.no-route'],
    'an ingress controller without a rule for the path that nobody gave',
    answers(text('default backend - 404', 404)),
  ),
  fault(
    'identity.no-route',
    'a load balancer of Google without a backend',
    answers(text('response 404 (backend NotFound), service rules for [ /api ] non-existent', 404), api),
  ),
  fault(
    'identity.no-route',
    'Kong without a route',
    answers(json({ message: 'no Route matched with those values', request_id: '1' }, 404), api),
  ),
  fault('identity.no-route', 'APISIX without a route', answers(json({ error_msg: '404 Route Not Found' }, 404), api)),
  fault('identity.no-route', 'Envoy without a route', answers(envoy, api), { near: ['identity.protocol'] }),
  fault(
    'identity.no-route',
    'Envoy without a route, in place of a WebSocket',
    answers(envoy, { protocol: 'wss', path: '/ws' }),
    { near: ['identity.websocket'] },
  ),
  fault('identity.no-route', 'Envoy without a route, in place of a registry', answers(envoy, { protocol: 'oci' })),
  fine(
    ['identity.no-route'],
    'a service behind Envoy without that page',
    answers({ status: 404, headers: { Server: 'istio-envoy', 'X-Envoy-Upstream-Service-Time': '3' } }, api),
  ),
  fault(
    'identity.no-route',
    'a domain that Fastly does not know',
    answers(text('Fastly error: unknown domain: far.hangar.test. Please check that this domain has been added.', 500)),
    { near: ['identity.unavailable'] },
  ),
  fault(
    'identity.no-route',
    'a host that no distribution of CloudFront has',
    answers(
      html('<h2>The request could not be satisfied.</h2> Bad request. We can\u2019t connect to the server.', 403, {
        Server: 'CloudFront',
      }),
    ),
    { near: ['identity.protected', 'identity.block-page'] },
  ),
  fault(
    'identity.no-route',
    'a host that is not set up at Cloudflare',
    answers(text('error code: 1003', 403, { Server: 'cloudflare' })),
    { near: ['identity.protected', 'auth.required'] },
  ),
  fault(
    'identity.no-route',
    'Azure Front Door without a configuration for the host',
    answers(html('<h2>Oops! We weren\u2019t able to find your Azure Front Door Service configuration.</h2>', 404)),
  ),
  fault('identity.no-route', 'an unknown host of Azure App Service', answers(html('404 Web Site not found.', 404))),
  fault('identity.no-route', 'an unknown host of Heroku', answers(html('<title>No such app</title>', 404))),
  fault(
    'identity.no-route',
    'the router of OpenShift without a route',
    answers(
      html(
        '<h1>Application is not available</h1> The application is currently not serving requests at this endpoint. Make sure that a route matching this hostname exists.',
        503,
      ),
    ),
    { near: ['identity.unavailable'] },
  ),
  fault('identity.no-route', 'a server that is not set up for the host', answers({ status: 421 })),
  fault(
    'identity.no-route',
    'a tunnel that is offline',
    answers(text('ERR_NGROK_3200', 404, { 'Ngrok-Error-Code': 'ERR_NGROK_3200' }), { protocol: 'wss', path: '/ws' }),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.unavailable',
    'an app of Azure that is stopped',
    answers(html('<h1>Error 403 - This web app is stopped.</h1>', 403)),
    { near: ['identity.block-page', 'identity.no-route'] },
  ),
  fault(
    'identity.unavailable',
    'a gateway with a route and no server behind it',
    answers(text('no healthy upstream', 503)),
    {
      near: ['identity.no-route'],
    },
  ),
]

const refused: readonly Case[] = [
  fault(
    'identity.source-denied',
    'a mesh whose policy does not allow this source, over gRPC',
    calls('7', 'RBAC%3A access denied'),
    {
      near: ['auth.required'],
    },
  ),
  fault(
    'identity.source-denied',
    'a gRPC server that does not allow this address',
    calls('7', 'IP address 203.0.113.9 is not allowed'),
  ),
  fault('auth.required', 'a gRPC server that denies the call', calls('7', 'permission denied on resource project'), {
    near: ['identity.source-denied'],
  }),
  fault(
    'identity.source-denied',
    'a git server with a conditional access policy',
    answers(
      text('VS403463: The conditional access policy defined by your administrator has failed.', 401, {
        'WWW-Authenticate': 'Basic realm="git"',
      }),
      { protocol: 'git' },
    ),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.source-denied',
    'a git server whose administrator must allow this address',
    answers(text('To access this repository, an admin must whitelist your IP.', 403), { protocol: 'git' }),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.source-denied',
    'a registry that names the address it does not permit',
    answers(
      json({ errors: [{ code: 'DENIED', message: 'Access from 203.0.113.5 is not permitted by the policy' }] }, 403),
      { protocol: 'oci' },
    ),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.source-denied',
    'a broker over WebSocket that does not authorize this address',
    answers(text('IP address 203.0.113.5 is not authorized to access this namespace', 401), { protocol: 'amqp-ws' }),
    { near: ['auth.required'] },
  ),
]

const filters: readonly Case[] = [
  fault(
    'identity.block-page',
    'a redirect to the sign-in of a web filter',
    answers({ status: 307, headers: { Location: 'https://gateway.zscloud.net:443/auD?origurl=x' } }),
    { near: ['identity.redirect'] },
  ),
  fault(
    'identity.block-page',
    'a redirect to the block page of a DNS filter, in place of a registry',
    answers({ status: 302, headers: { Location: 'https://block.opendns.com/controller.php' } }, { protocol: 'oci' }),
    { near: ['identity.redirect'] },
  ),
  fault(
    'identity.captive-portal',
    'a redirect to the sign-in of a firewall',
    answers({ status: 303, headers: { Location: 'https://firewall.corp.test:1003/fgtauth?0a1b' } }),
    { near: ['identity.redirect'] },
  ),
  fault(
    'identity.redirect',
    'a redirect to a page about a web filter at the vendor of the service',
    answers({ status: 302, headers: { Location: 'https://docs.vendor.test/zscaler' } }),
    { near: ['identity.block-page'] },
  ),
]

export const routes: readonly Case[] = [...unknown, ...refused, ...filters]
