interface ImportMetaEnv {
  /** Origin of the gateway, such as http://127.0.0.1:8080. */
  readonly VITE_DIORAMA_SERVER: string
  readonly VITE_DIORAMA_PROJECT: string
  /** A key of the account, for the Odyssey SDK. */
  readonly VITE_ODYSSEY_API_KEY: string
}
