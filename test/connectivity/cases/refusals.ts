import { answering, html, json, type Page } from '../servers/http.ts'
import { issue } from '../servers/middlebox.ts'
import { authority, name, serveTls } from '../servers/serve.ts'
import { type Case, fault, fine } from './case.ts'
import { answers } from './pages.ts'

const versioned = { 'Docker-Distribution-Api-Version': 'registry/2.0' }
const text = (body: string, status: number, headers: Readonly<Record<string, string>> = {}): Page => ({
  status,
  headers: { 'Content-Type': 'text/plain', ...headers },
  body,
})
const cloudflare = { Server: 'cloudflare', 'CF-RAY': '8f00-FRA' }
const cloudFront = { Server: 'CloudFront', 'X-Cache': 'Error from cloudfront' }
const near = ['auth.required', 'identity.block-page'] as const
const address = '203.0.113.7'

const source: readonly Case[] = [
  fault(
    'identity.source-denied',
    'a registry whose firewall does not allow this address',
    answers(
      'oci',
      json(
        {
          errors: [
            {
              code: 'DENIED',
              message: `client with IP '${address}' is not allowed access. Refer https://aka.ms/acr/firewall`,
            },
          ],
        },
        403,
        versioned,
      ),
    ),
    { near: ['identity.protocol', 'auth.required'] },
  ),
  fault(
    'identity.source-denied',
    'a Key Vault whose network rules do not allow this address',
    answers(
      'vault',
      json(
        {
          error: {
            code: 'Forbidden',
            message: `Client address is not authorized and caller is not a trusted service.\r\nClient address: ${address}`,
          },
        },
        403,
      ),
    ),
    { near: ['identity.protocol', 'auth.required'] },
  ),
  fault(
    'identity.source-denied',
    'an app of Azure with access restrictions',
    answers('https', html('<h1>Error 403 - Forbidden</h1>', 403, { 'x-ms-forbidden-ip': address })),
    { near },
  ),
  fault(
    'identity.source-denied',
    'a storage account with network rules',
    answers('https', {
      status: 403,
      headers: { 'x-ms-error-code': 'AuthorizationFailure', 'Content-Type': 'application/xml' },
      body: '<Error/>',
    }),
    { near },
  ),
  fault(
    'identity.source-denied',
    'an organisation with an allow-list of addresses',
    answers(
      'git',
      text(
        `The organization has an IP allow list enabled, and your IP address ${address} is not permitted to access this resource.`,
        403,
      ),
    ),
    { near: ['identity.protocol', 'identity.block-page'] },
  ),
  fault(
    'identity.source-denied',
    'a JSON service that blocks this address',
    answers('https', json({ message: 'Your IP address has been blocked' }, 403)),
    { near },
  ),
  fault(
    'identity.source-denied',
    'a mesh whose policy does not allow this source',
    answers('https', text('RBAC: access denied', 403)),
    { near },
  ),
  fault(
    'identity.source-denied',
    'a WebSocket server that does not allow this address',
    answers('wss', json({ error: `source IP ${address} not in allowlist: access from your IP is not allowed` }, 403)),
    { near: ['auth.required', 'identity.websocket'] },
  ),
  fault(
    'identity.source-denied',
    'a namespace of a message broker with network rules, over WebSocket',
    answers('amqp-ws', text('Ip has been prevented to connect to the endpoint.', 401)),
    { near: ['auth.required', 'identity.websocket'] },
  ),
  fault(
    'identity.source-denied',
    'a cloud API outside of its service perimeter',
    answers(
      'https',
      json(
        {
          error: {
            code: 403,
            message: 'Request is prohibited by organization’s policy. vpcServiceControlsUniqueIdentifier: x',
          },
        },
        403,
      ),
    ),
    { near },
  ),
  fault(
    'identity.source-denied',
    'a content network that banned this address',
    answers(
      'https',
      html(
        '<title>Access denied</title> Error 1006 The owner of this website has banned your address',
        403,
        cloudflare,
      ),
    ),
    { near: ['identity.block-page', 'identity.protected'] },
  ),
  fault(
    'identity.block-page',
    'a web filter that names the address',
    answers('https', html(`FortiGuard Web Filtering: your IP address ${address} has been blocked`, 403)),
    { near: ['identity.source-denied', 'identity.protected'] },
  ),
  fault(
    'auth.required',
    'a service whose refusal mentions an IP address in passing',
    answers('https', json({ error: 'forbidden', documentation: 'https://x.test/ip-addresses' }, 403)),
    { near: ['identity.source-denied'] },
  ),
  fault(
    'auth.required',
    'a registry that denies anonymous requests',
    answers('oci', json({ errors: [{ code: 'DENIED', message: 'access forbidden' }] }, 403, versioned)),
    { near: ['identity.source-denied', 'identity.protocol'] },
  ),
  fine(
    ['identity.source-denied'],
    'a service that documents its allow-list',
    answers('https', json({ message: 'Your IP address is not allowed without a plan' }, 200)),
  ),
  fine(
    ['identity.source-denied'],
    'a refusal that the endpoint expects',
    answers('https', json({ message: 'Your IP address is not allowed' }, 403), { expect: { body: 'not allowed' } }),
  ),
]

const protections: readonly Case[] = [
  fault(
    'identity.protected',
    'CloudFront that blocks the request',
    answers(
      'https',
      html(
        '<h1>403 ERROR</h1><h2>The request could not be satisfied.</h2> Request blocked. We can’t connect to the server for this app or website at this time.',
        403,
        cloudFront,
      ),
    ),
    { near },
  ),
  fault(
    'identity.protected',
    'a challenge of Cloudflare',
    answers('https', html('<title>Just a moment...</title>', 403, { ...cloudflare, 'cf-mitigated': 'challenge' })),
    { near },
  ),
  fault(
    'identity.protected',
    'a block of Cloudflare by a rule of the service',
    answers(
      'acme',
      html('<title>Attention Required! | Cloudflare</title> Sorry, you have been blocked', 403, cloudflare),
    ),
    { near },
  ),
  fault(
    'identity.protected',
    'Akamai that denies access',
    answers(
      'https',
      html('<h1>Access Denied</h1> Reference #18.2d351ab8.1557333295.a4e16ab', 403, { Server: 'AkamaiGHost' }),
    ),
    { near },
  ),
  fault(
    'identity.protected',
    'a challenge of Amazon’s firewall',
    answers('https', { status: 202, headers: { 'x-amzn-waf-action': 'challenge' } }),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.protected',
    'an Amazon load balancer with a firewall',
    answers('https', html('<center><h1>403 Forbidden</h1></center>', 403, { Server: 'awselb/2.0' })),
    { near },
  ),
  fault(
    'identity.protected',
    'Azure Front Door that blocks the request',
    answers('https', html('The request is blocked.', 403, { 'x-azure-ref': '0abc' })),
    { near },
  ),
  fault(
    'identity.protected',
    'Azure Application Gateway with a firewall',
    answers('https', html('<h1>403 Forbidden</h1>', 403, { Server: 'Microsoft-Azure-Application-Gateway/v2' })),
    { near },
  ),
  fault(
    'identity.protected',
    'an incident of Imperva, with status 200',
    answers(
      'https',
      html('<iframe src="/_Incapsula_Resource?x=1">Request unsuccessful. Incapsula incident ID: 1-2</iframe>'),
    ),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.protected',
    'a rejection by BIG-IP, with status 200',
    answers(
      'oci',
      html('The requested URL was rejected. Please consult with your administrator. Your support ID is: 1'),
    ),
    { near: ['identity.protocol', 'identity.block-page'] },
  ),
  fault(
    'identity.protected',
    'a rejection by ModSecurity',
    answers('https', html('Not Acceptable! This error was generated by Mod_Security.', 406)),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.protected',
    'a check for bots that needs a browser',
    answers('https', html('<div class="g-recaptcha"></div> Verify you are a human', 429)),
    { near: ['identity.throttled', 'identity.block-page'] },
  ),
  fault(
    'identity.protected',
    'a check for bots in place of a git server',
    answers('git', { status: 403, headers: { 'x-datadome': 'protected' } }),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.protected',
    'CloudFront in place of a WebSocket',
    answers('wss', html('<h2>The request could not be satisfied.</h2> Request blocked.', 403, cloudFront)),
    { near: ['identity.block-page', 'identity.websocket'] },
  ),
  fault(
    'identity.throttled',
    'Cloudflare that limits the rate',
    answers('https', text('error code: 1015', 429, cloudflare)),
    { near: ['identity.protected'] },
  ),
  fault(
    'identity.unavailable',
    'Cloudflare without a server behind it',
    answers('https', html('Web server is down. Error code 521', 521, cloudflare)),
    { near: ['identity.protected', 'identity.block-page'] },
  ),
  fault(
    'auth.required',
    'a service behind Cloudflare that requires credentials',
    answers('https', json({ error: 'unauthorized' }, 403, cloudflare)),
    { near: ['identity.protected'] },
  ),
  fine(
    ['identity.protected'],
    'a service behind CloudFront',
    answers('https', json({ status: 'UP' }, 200, { Server: 'CloudFront', 'X-Cache': 'Miss from cloudfront' })),
  ),
  fault(
    'identity.block-page',
    'a web filter over its own certificate for the host',
    async () => {
      const server = await serveTls(
        answering(() => html('Blocked by Sophos', 403)),
        issue({ names: [name] }),
      )
      return { row: { port: server.port } }
    },
    { near: ['identity.protected'] },
  ),
]

const countries: readonly Case[] = [
  fault(
    'identity.geo-block',
    'a service that is unavailable for legal reasons',
    answers('https', json({ error: 'unavailable for legal reasons' }, 451)),
    { near },
  ),
  fault(
    'identity.geo-block',
    'CloudFront that blocks this country',
    answers(
      'https',
      html(
        '<h2>The request could not be satisfied.</h2> The Amazon CloudFront distribution is configured to block access from your country.',
        403,
        cloudFront,
      ),
    ),
    { near: ['identity.block-page', 'identity.protected'] },
  ),
  fault(
    'identity.geo-block',
    'Cloudflare that blocks this country',
    answers('https', text('error code: 1009', 403, cloudflare)),
    { near: ['identity.protected', 'auth.required'] },
  ),
  fault(
    'identity.geo-block',
    'a JSON service that does not support this country',
    answers(
      'https',
      json(
        {
          error: {
            code: 'unsupported_country_region_territory',
            message: 'Country, region, or territory not supported',
          },
        },
        403,
      ),
    ),
    { near },
  ),
  fault(
    'identity.geo-block',
    'a registry under export regulations',
    answers('oci', text('Access is denied: your location is restricted by US export control regulations.', 403)),
    { near: ['identity.protocol', 'identity.block-page'] },
  ),
  fault(
    'auth.required',
    'a service that needs a region in the request',
    answers('https', json({ error: 'missing region parameter' }, 403)),
    { near: ['identity.geo-block'] },
  ),
  fine(
    ['identity.geo-block'],
    'a list of the countries that a service supports',
    answers('https', json({ message: 'not available in your country: see plans' })),
  ),
]

const withCertificate = { clientProfile: { clientCertificate: 'agent' } }
const given = authority.issue({ names: ['agent'] })
const certificates: readonly Case[] = [
  fault(
    'auth.client-cert',
    'nginx that got no client certificate',
    answers(
      'https',
      html('<center><h1>400 Bad Request</h1></center><center>No required SSL certificate was sent</center>', 400, {
        Server: 'nginx',
      }),
    ),
    { near: ['tls.client-cert', 'identity.block-page'] },
  ),
  fault('auth.client-cert', 'a server that answers 496', answers('oci', { status: 496 }), {
    near: ['identity.protocol', 'tls.client-cert'],
  }),
  fault('auth.client-cert', 'a server that answers 495', answers('https', { status: 495 }), {
    near: ['tls.client-cert'],
  }),
  fault(
    'auth.client-cert',
    'IIS that requires a client certificate',
    answers(
      'https',
      html('403.7 - Forbidden: Client certificate required. The page requires an SSL client certificate.', 403),
    ),
    { near: ['auth.required', 'identity.block-page'] },
  ),
  fault(
    'auth.client-cert',
    'Kong that got no client certificate',
    answers('https', json({ message: 'No required TLS client certificate was sent' }, 401)),
    { near: ['auth.required'] },
  ),
  fault(
    'auth.client-cert',
    'nginx before a WebSocket server, without a client certificate',
    answers('wss', html('No required SSL certificate was sent', 400, { Server: 'nginx' })),
    { near: ['identity.websocket', 'identity.block-page'] },
  ),
  fault(
    'auth.rejected',
    'nginx that does not accept the client certificate',
    async () => ({
      ...(await answers('https', html('400 The SSL certificate error', 400), withCertificate)()),
      credential: given,
    }),
    { near: ['auth.client-cert'] },
  ),
  fine(
    ['auth.client-cert'],
    'a service that reports another bad request',
    answers('https', json({ error: 'certificate of origin is missing' }, 400)),
  ),
]

/** Refusals by the service itself of all requests from here. */
export const refusals: readonly Case[] = [...source, ...protections, ...countries, ...certificates]
