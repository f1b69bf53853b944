/** The OpenAPI document: it is only passed on. */
export type Document = Readonly<Record<string, unknown>>

export function typesOf(document: Document): Promise<string>
export function published(): Promise<Document>
