import { intentOf } from '../../calls/call-facts.ts';
import { toolPatterns } from '../../calls/tool-pattern.ts';
import type { JsonObject } from '../../core/json.ts';
import type { GatewayMode, GatewaySettings, ProfileSettings } from '../../settings/call-settings.ts';

/** What of all servers a client is offered, before policy is asked. */
export interface Offerings {
  modeOf(client: OfferedTo): GatewayMode;
  sees(client: OfferedTo, server: string): boolean;
  /** Which tools of the servers it sees it has; undefined: all of them. */
  toolsOf(client: OfferedTo): ((server: string, tool: JsonObject) => boolean) | undefined;
}

/** The one server and the profile a client asks for, if any. */
export interface OfferedTo {
  readonly only?: string | undefined;
  readonly profile?: string | undefined;
}

export interface OfferingsOptions extends Pick<GatewaySettings, 'mode' | 'profiles'> {
  /** What was asked for when the gateway was started; outweighs what settings and profiles say. */
  readonly askedMode?: GatewayMode | undefined;
  /** The one server it was started for. */
  readonly alone?: string | undefined;
}

/** A profile nobody described any more has nothing. */
export function createOfferings({ mode, profiles, askedMode, alone }: OfferingsOptions): Offerings {
  const known = new Map(Object.entries(profiles).map(([name, one]) => [name, createProfile(one)]));
  const profileOf = ({ profile }: OfferedTo): Profile | undefined =>
    profile === undefined ? undefined : (known.get(profile) ?? NOTHING);
  return {
    modeOf(client) {
      if (client.only === undefined) return askedMode ?? profileOf(client)?.mode ?? mode;
      // Whoever asks for one server has chosen already.
      return client.only === alone && askedMode !== undefined ? askedMode : 'full';
    },
    sees(client, server) {
      if (client.only !== undefined && client.only !== server) return false;
      return profileOf(client)?.sees(server) ?? true;
    },
    toolsOf: (client) => profileOf(client)?.has,
  };
}

interface Profile {
  readonly mode: GatewayMode | undefined;
  sees(server: string): boolean;
  has(server: string, tool: JsonObject): boolean;
}

const NOTHING: Profile = { mode: undefined, sees: () => false, has: () => false };

function createProfile({ allow, deny = [], mode }: ProfileSettings): Profile {
  const allowed = allow && toolPatterns(allow);
  const denied = toolPatterns(deny);
  return {
    mode,
    sees: (server) => (allowed?.mayFit(server) ?? true) && !denied.coversAll(server),
    has(server, { name, annotations }) {
      const subject = { server, tool: String(name), intent: intentOf(annotations) };
      if (denied.match(subject) !== undefined) return false;
      return allowed === undefined || allowed.match(subject) !== undefined;
    },
  };
}
