import { describe, expect, it } from 'vitest'
import type { HttpResponse } from './facts.ts'
import { refusalOf } from './refusals.ts'

const response = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  reason: '',
  headers: { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json', ...headers },
  body,
  at: 0,
  halfTripMs: 0,
})

/** Responses of the form that the services send, with what they mean to a client that any credential leaves where it is. */
describe('the refusal by a service itself', () => {
  it.each([
    [
      'gh ip allow list',
      'identity.source-denied',
      response(
        403,
        '{"message":"Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."}',
      ),
    ],
    [
      'acr',
      'identity.source-denied',
      response(
        403,
        '{"errors":[{"code":"DENIED","message":"client with IP \'20.1.2.3\' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."}]}',
      ),
    ],
    [
      'kv',
      'identity.source-denied',
      response(
        403,
        '{"error":{"code":"Forbidden","message":"Client address is not authorized and caller is not a trusted service.\\r\\nClient address: 20.1.2.3\\r\\nCaller: appid=x","innererror":{"code":"ForbiddenByFirewall"}}}',
      ),
    ],
    [
      'kv private',
      'identity.source-denied',
      response(
        403,
        '{"error":{"code":"Forbidden","message":"Public network access is disabled and request is not from a trusted service nor via an approved private link.","innererror":{"code":"ForbiddenByConnection"}}}',
      ),
    ],
    [
      'sb',
      'identity.source-denied',
      response(
        401,
        '<Error><Code>401</Code><Detail>Ip has been prevented to connect to the endpoint.</Detail></Error>',
        { 'content-type': 'application/xml' },
      ),
    ],
    [
      'blob',
      'identity.source-denied',
      response(
        403,
        '<?xml version="1.0"?><Error><Code>AuthorizationFailure</Code><Message>This request is not authorized to perform this operation.</Message></Error>',
        { 'content-type': 'application/xml', 'x-ms-error-code': 'AuthorizationFailure' },
      ),
    ],
    [
      'cosmos',
      'identity.source-denied',
      response(
        403,
        '{"code":"Forbidden","message":"Request originated from IP 1.2.3.4 through public internet. This is blocked by your Cosmos DB account firewall settings."}',
      ),
    ],
    [
      'appservice',
      'identity.source-denied',
      response(
        403,
        '<html><head><title>Web App - Unavailable</title></head><body><h1>Error 403 - Forbidden</h1><p>The web app you have attempted to reach has blocked your access.</p></body></html>',
        { 'x-ms-forbidden-ip': '1.2.3.4' },
      ),
    ],
    [
      'artifactory',
      'identity.source-denied',
      response(403, '{"errors":[{"status":403,"message":"Forbidden: your IP 1.2.3.4 is not in the allowlist"}]}'),
    ],
    ['gitlab', 'identity.source-denied', response(403, '{"message":"403 Forbidden - Your IP address is not allowed"}')],
    [
      'docker hub limit',
      undefined,
      response(429, '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}'),
    ],
    [
      'gcp vpc sc',
      'identity.source-denied',
      response(
        403,
        '{"error":{"code":403,"message":"Request is prohibited by organization\'s policy. vpcServiceControlsUniqueIdentifier: x","status":"PERMISSION_DENIED"}}',
      ),
    ],
    [
      'aws vpce',
      'identity.source-denied',
      response(
        403,
        '{"Message":"User: anonymous is not authorized to perform: es:ESHttpGet because no VPC endpoint policy allows the es:ESHttpGet action"}',
      ),
    ],
    [
      'aws apigw resource policy',
      'identity.source-denied',
      response(
        403,
        '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:***:x/prod/GET/ with an explicit deny"}',
      ),
    ],
    ['istio rbac', 'identity.source-denied', response(403, 'RBAC: access denied', { 'content-type': 'text/plain' })],
    [
      'quay',
      undefined,
      response(
        401,
        '{"errors":[{"code":"UNAUTHORIZED","message":"access to the requested resource is not authorized"}]}',
      ),
    ],
    [
      'nginx deny 403',
      undefined,
      response(
        403,
        '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>',
      ),
    ],
    [
      'cf 1020',
      'identity.protected',
      response(403, '<title>Access denied | x used Cloudflare to restrict access</title> Error 1020', {
        server: 'cloudflare',
      }),
    ],
    [
      'cf 1020 plain',
      'identity.protected',
      response(403, 'error code: 1020', { server: 'cloudflare', 'content-type': 'text/plain' }),
    ],
    [
      'cf jsd',
      'identity.protected',
      response(403, '<!DOCTYPE html><html><head><title>Just a moment...</title>', {
        server: 'cloudflare',
        'cf-mitigated': 'challenge',
      }),
    ],
    [
      'cf 1009',
      'identity.geo-block',
      response(403, 'error code: 1009', { server: 'cloudflare', 'content-type': 'text/plain' }),
    ],
    [
      'cf 1006',
      'identity.source-denied',
      response(403, 'error code: 1006', { server: 'cloudflare', 'content-type': 'text/plain' }),
    ],
    [
      'google export',
      'identity.geo-block',
      response(
        403,
        "<html><title>Error 403 (Forbidden)!!1</title><p>Your client does not have permission to get URL <code>/</code> from this server. (Client IP address: 1.2.3.4) We're sorry, but this service is not available in your location",
      ),
    ],
    [
      'dockerhub embargo',
      'identity.geo-block',
      response(
        403,
        'Since Docker is a US company, we must comply with US export control regulations. In an effort to comply with these, we now block all IP addresses that are located in Cuba, Iran',
        { 'content-type': 'text/plain' },
      ),
    ],
    [
      'cloudfront geo',
      'identity.geo-block',
      response(
        403,
        '<HTML><H1>403 ERROR</H1><H2>The request could not be satisfied.</H2>The Amazon CloudFront distribution is configured to block access from your country.',
        { server: 'CloudFront' },
      ),
    ],
    ['gitlab geo', 'identity.geo-block', response(403, '<html>GitLab is not available in your region</html>')],
    [
      'openai',
      'identity.geo-block',
      response(
        403,
        '{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported"}}',
      ),
    ],
    [
      'akamai',
      'identity.protected',
      response(
        403,
        '<HTML><TITLE>Access Denied</TITLE><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;x" on this server.<P>Reference&#32;&#35;18&#46;6d&#46;1&#46;2',
        { server: 'AkamaiGHost' },
      ),
    ],
    [
      'imperva',
      'identity.protected',
      response(
        403,
        '<html><iframe src="/_Incapsula_Resource?x">Request unsuccessful. Incapsula incident ID: 1-2</iframe></html>',
      ),
    ],
    [
      'frontdoor',
      'identity.protected',
      response(403, '<html><body><h2>The request is blocked.</h2><div>ref A: 20</div></body></html>', {
        'x-azure-ref': 'abc',
      }),
    ],
    [
      'appgw',
      'identity.protected',
      response(403, '<html><h1>403 Forbidden</h1><center>Microsoft-Azure-Application-Gateway/v2</center></html>', {
        server: 'Microsoft-Azure-Application-Gateway/v2',
      }),
    ],
    [
      'appgw mTLS',
      'auth.client-cert',
      response(
        400,
        '<html><head><title>400 No required SSL certificate was sent</title></head><center>Microsoft-Azure-Application-Gateway/v2</center>',
        { server: 'Microsoft-Azure-Application-Gateway/v2' },
      ),
    ],
    [
      'f5',
      'identity.protected',
      response(
        200,
        '<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 1</body></html>',
      ),
    ],
    [
      'sucuri',
      'identity.protected',
      response(403, '<html>Sucuri WebSite Firewall - Access Denied</html>', { server: 'Sucuri/Cloudproxy' }),
    ],
    [
      'cloud armor',
      'identity.protected',
      response(403, '<!doctype html><meta charset="utf-8"><title>403</title>403 Forbidden', {
        via: '1.1 google',
        'content-type': 'text/html',
      }),
    ],
    [
      'aws waf',
      'identity.protected',
      response(
        403,
        '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>',
        { server: 'awselb/2.0' },
      ),
    ],
    ['aws waf chal', 'identity.protected', response(202, '', { 'x-amzn-waf-action': 'challenge' })],
    [
      'datadome',
      'identity.protected',
      response(403, '<html><script>var dd={}</script>', { 'x-datadome': 'protected' }),
    ],
    [
      'perimeterx',
      'identity.protected',
      response(403, '{"appId":"PX1","jsClientSrc":"/x","blockScript":"https://captcha.px-cloud.net/x"}'),
    ],
    ['nginx 495', 'auth.client-cert', response(400, '<html><title>400 The SSL certificate error</title>')],
    ['envoy mtls', 'auth.client-cert', response(403, 'client certificate required', { 'content-type': 'text/plain' })],
    ['iis', 'auth.client-cert', response(403, '<title>403.7 - Client certificate required</title>')],
    [
      'apache',
      'auth.client-cert',
      response(403, '<html><title>403 Forbidden</title>Reason: Cannot perform Post-Handshake Authentication.</html>'),
    ],
    [
      'cf mtls',
      'auth.client-cert',
      response(403, '<html>This website requires a client certificate. error 1020', { server: 'cloudflare' }),
    ],
    ['apigw mtls', undefined, response(403, '{"message":"Forbidden"}', { 'x-amzn-errortype': 'ForbiddenException' })],
    ['traefik', undefined, response(404, '404 page not found', { 'content-type': 'text/plain' })],
    [
      'nexus',
      undefined,
      response(403, '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}'),
    ],
    ['harbor', undefined, response(401, '{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized: unauthorized"}]}')],
    [
      'vercel',
      'identity.protected',
      response(403, '<html>Vercel Security Checkpoint</html>', { 'x-vercel-mitigated': 'challenge' }),
    ],
    ['anubis', 'identity.protected', response(200, '<html><title>Making sure you&#39;re not a bot!</title></html>')],
    ['fastly', undefined, response(403, '<html><title>403 Forbidden</title>Fastly</html>')],
    ['zscaler', undefined, response(403, '<html>Zscaler blocked by policy</html>')],
    [
      'ibm cloud cbr',
      'identity.source-denied',
      response(
        403,
        '{"errors":[{"code":"forbidden","message":"Access from your network is restricted by context-based restrictions"}]}',
      ),
    ],
    ['confluent', undefined, response(401, '{"error_code":401,"message":"Unauthorized"}')],
    [
      'k8s authorized networks html',
      'identity.source-denied',
      response(403, 'Forbidden: source IP 1.2.3.4 is not in authorized networks', { 'content-type': 'text/plain' }),
    ],
  ] as const)('of %s is %s', (_, expected, refusal) => {
    expect(refusalOf(refusal)?.cause).toBe(expected)
  })
})
