/** Which profile a caller has, by its token, by what it asks for, and by how the gateway was started. */
export interface ProfileDoor {
  /** The one it has where it asks for none. */
  usual(principal: string): string | undefined;
  /** Whether it may have the one it asks for. */
  mayHave(principal: string, profile: string): boolean;
  /** Its token is for a part of what is offered, and for nothing else this gateway shows. */
  isBound(principal: string): boolean;
}

export interface ProfileDoorOptions {
  /** The one the gateway was started for. */
  readonly started: string | undefined;
  /** Names of those the settings describe now. */
  known(): readonly string[];
  /** The one the token of a principal is for. */
  boundTo(principal: string): string | undefined;
}

/** A token that is for a profile, and a gateway that was started for one, know no other. */
export function createProfileDoor({ started, known, boundTo }: ProfileDoorOptions): ProfileDoor {
  const usual = (principal: string): string | undefined => boundTo(principal) ?? started;
  return {
    usual,
    mayHave(principal, profile) {
      const only = usual(principal);
      return only === undefined ? known().includes(profile) : only === profile;
    },
    isBound: (principal) => boundTo(principal) !== undefined,
  };
}
