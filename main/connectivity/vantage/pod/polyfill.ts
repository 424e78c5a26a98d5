import { X509Certificate } from 'node:crypto'

/** Adds the functions that the probe uses and Node 20 lacks; many images have Node 20. */
export function polyfill(): void {
  Promise.withResolvers ??= <Value>() => {
    let settle: Pick<PromiseWithResolvers<Value>, 'resolve' | 'reject'> | undefined
    const promise = new Promise<Value>((resolve, reject) => {
      settle = { resolve, reject }
    })
    return { promise, ...(settle as Pick<PromiseWithResolvers<Value>, 'resolve' | 'reject'>) } // set by the constructor
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
