import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
import { type Case, fault, fine } from './case.ts'

/** Incomplete rows: nothing is sent for them. */
export const config: readonly Case[] = [
  fault('config.missing', 'an endpoint without a host in the profile', async () => ({ row: { host: '' } })),
  fault('config.missing', 'an endpoint whose host refers to an empty setting', async () => ({
    row: { host: '${vendor.host}' },
  })),
  fault('config.missing', 'an endpoint whose port refers to an empty setting', async () => ({
    row: { port: '${vendor.port}' },
  })),
  fault('config.missing', 'an endpoint whose root certificates are in an empty setting', async () => ({
    row: { clientProfile: { trust: { setting: 'nothing' } } },
  })),
  fault('config.invalid', 'an endpoint with a URL as its host', async () => ({ row: { host: 'http://far' } })),
  fault('config.invalid', 'an endpoint whose file of root certificates cannot be read', async () => ({
    row: { clientProfile: { trust: { file: '/nonexistent/ca.pem' } } },
  })),
  fault('config.invalid', 'an endpoint with a space in its path', async () => ({ row: { path: '/a b' } })),
  fine(['config.invalid', 'config.missing'], 'a host that ends with a dot', async () => ({
    row: { host: `${name}.`, port: (await servePage(json({}))).port },
  })),
  fault(
    'tls.name',
    'a host with an underscore, which is checked although no certificate can match it',
    async () => ({ row: { host: `under_score.${name}`, port: (await servePage(json({}))).port } }),
    { near: ['config.invalid'] },
  ),
]
