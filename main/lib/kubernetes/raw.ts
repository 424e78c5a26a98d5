/**
 * A class of @kubernetes/client-node as the API sends it, in JSON: timestamps are text, not `Date`. It is not true of the few
 * fields that the library renames because of reserved words (`_continue`, `_default`, `_enum`, `_from`, `_not`).
 */
export type Raw<Model> = Model extends Date
  ? string
  : Model extends readonly (infer Item)[]
    ? readonly Raw<Item>[]
    : Model extends object
      ? { readonly [Field in keyof Model]: Raw<Model[Field]> }
      : Model
