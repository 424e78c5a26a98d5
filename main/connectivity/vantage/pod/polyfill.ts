import { X509Certificate } from 'node:crypto'

/** Adds what the probe uses and Node 20, which many images have, lacks. */
export function polyfill(): void {
  Promise.withResolvers ??= <Value>() => {
    let settle: Pick<PromiseWithResolvers<Value>, 'resolve' | 'reject'> | undefined
    const promise = new Promise<Value>((resolve, reject) => {
      settle = { resolve, reject }
    })
    return { promise, ...(settle as Pick<PromiseWithResolvers<Value>, 'resolve' | 'reject'>) } // set by the promise's own start
  }
  date('validFromDate', ({ validFrom }) => validFrom)
  date('validToDate', ({ validTo }) => validTo)
}

function date(name: 'validFromDate' | 'validToDate', text: (of: X509Certificate) => string): void {
  if (name in X509Certificate.prototype) return
  Object.defineProperty(X509Certificate.prototype, name, {
    get(this: X509Certificate): Date {
      return new Date(text(this))
    },
  })
}
