"""Signing in at a provider by OpenID Connect: authorization code with PKCE, state and nonce.

What the provider says is believed only as far as its signature reaches: keys from its own document,
issuer, audience, nonce and times compared. Who that is here is not this module's affair.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from webapp.accounts.errors import ProviderRefused
from webapp.settings_sign_in import OidcSettings, is_safe_address

#: Seconds to connect, seconds to answer.
_PATIENCE = (3.05, 8.0)
#: How long the provider's document and keys are taken for granted, in seconds.
_FRESH = 3600.0
#: What a signature may be made with: never a shared secret, never nothing.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
#: How far clocks may differ, in seconds.
_LEEWAY = 60
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Begun:
    """What has to come back, and what proves that it is us who asked."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Begun:
        """New random values."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


class Provider:
    """One provider, its document and keys remembered for an hour."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._document: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = float("-inf")

    def address(self, begun: Begun, back: str) -> str:
        """Where the browser goes to sign in; raises `ProviderRefused` when nobody answers."""
        document = self._known()
        with self._session(back) as session:
            url, _state = session.create_authorization_url(
                document["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return str(url)

    def who(self, begun: Begun, code: str, back: str, now: datetime) -> str:
        """The user name that the provider vouches for. Raises `ProviderRefused`."""
        document = self._known()
        with self._session(back) as session:
            try:
                token = session.fetch_token(
                    document["token_endpoint"],
                    code=code,
                    grant_type="authorization_code",
                    code_verifier=begun.verifier,
                    timeout=_PATIENCE,
                    allow_redirects=False,
                )
            except requests.RequestException:
                raise ProviderRefused(why="away") from None
            except (AuthlibBaseError, ValueError):
                # A code that was used, or that is not ours.
                raise ProviderRefused(why="untrusted") from None
        claims = self._claims(token.get("id_token"), begun, now)
        return self._named(claims, str(token.get("access_token", "")))

    def sign_out_address(self, back: str) -> str | None:
        """Where one signs out there too; None where the provider offers nothing of the kind."""
        try:
            end = self._known().get("end_session_endpoint")
        except ProviderRefused:
            return None
        if not isinstance(end, str) or not is_safe_address(end):
            return None
        parts = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(parts)}"

    def _claims(self, token: object, begun: Begun, now: datetime) -> dict[str, Any]:
        if not isinstance(token, str):
            raise ProviderRefused(why="untrusted")
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._document["issuer"]},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": begun.nonce},
        )
        try:
            claims = self._opened(token).claims
            registry.validate(claims)
        except (JoseError, ValueError):
            raise ProviderRefused(why="untrusted") from None
        meant_for = claims.get("azp", self.settings.client_id)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if meant_for != self.settings.client_id or (several and "azp" not in claims):
            raise ProviderRefused(why="untrusted")
        return claims

    def _opened(self, token: str) -> jwt.Token:
        """The token with its signature checked; a key we do not know may be new."""
        assert self._keys is not None
        try:
            return jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            self._read_keys()
            return jwt.decode(token, self._keys, algorithms=_ALGORITHMS)

    def _named(self, claims: dict[str, Any], access_token: str) -> str:
        """The claim that names the account; some providers tell it only when asked once more."""
        name = self.settings.claim
        endpoint = self._document.get("userinfo_endpoint")
        if name not in claims and isinstance(endpoint, str) and is_safe_address(endpoint):
            headers = {"Authorization": f"Bearer {access_token}"}
            told = _get_json(endpoint, headers)
            if told.get("sub") != claims["sub"]:
                raise ProviderRefused(why="untrusted")
            claims = {**told, **claims}
        found = claims.get(name)
        if not isinstance(found, str) or not found.strip():
            raise ProviderRefused(why="unknown")
        if name == "email" and claims.get("email_verified") is False:
            # Anybody may have typed that address there.
            raise ProviderRefused(why="unknown")
        return found.strip()

    def _known(self) -> dict[str, Any]:
        """The provider's document, read again after an hour."""
        if time.monotonic() - self._read_at > _FRESH:
            issuer = self.settings.issuer
            found = _get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            fits = str(found.get("issuer", "")).rstrip("/") == issuer.rstrip("/")
            if not fits or not all(is_safe_address(str(found.get(one, ""))) for one in _ENDPOINTS):
                raise ProviderRefused(why="untrusted")
            self._document = found
            self._read_keys()
            self._read_at = time.monotonic()
        return self._document

    def _read_keys(self) -> None:
        try:
            self._keys = KeySet.import_key_set(cast("Any", _get_json(self._document["jwks_uri"])))
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProviderRefused(why="untrusted") from None

    def _session(self, back: str) -> OAuth2Session:
        offered = self._document.get("token_endpoint_auth_methods_supported")
        method = "client_secret_basic"
        if not self.settings.client_secret:
            method = "none"
        elif isinstance(offered, list) and method not in offered and offered:
            method = "client_secret_post"
        scope = "openid profile email" if self.settings.claim == "email" else "openid profile"
        session = OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret or None,
            token_endpoint_auth_method=method,
            scope=scope,
            redirect_uri=back,
            code_challenge_method="S256",
        )
        # The machine's own variables (proxies, .netrc) are not the installation's settings.
        session.trust_env = False
        return session


def _get_json(url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, headers=headers, timeout=_PATIENCE, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        raise ProviderRefused(why="away") from None
    if not isinstance(found, dict):
        raise ProviderRefused(why="away")
    return found
