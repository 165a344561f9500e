"""Addresses, written once."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.numbers import Count
from mlopsc.spec.units.references import Reference, Secret
from mlopsc.spec.units.text import Text


class Url(Section):
    """The address of a server."""

    url: Opt[Reference] = Field(
        None, description="Its URL.", examples=["http://prometheus:9090", {"env": "REDIS_URL"}]
    )


class Kafka(Section):
    """The Kafka cluster."""

    servers: Opt[Reference] = Field(
        None, description="Bootstrap servers.", examples=[{"env": "KAFKA_BOOTSTRAP_SERVERS"}]
    )


class Smtp(Section):
    """The mail server."""

    host: Opt[Reference] = Field(None, description="Host.", examples=["smtp.example.com"])
    port: Count = Field(587, description="Port.", examples=[587])
    user: Opt[Reference] = Field(None, description="User.", examples=[{"secret": "SMTP_USER"}])
    password: Opt[Secret] = Field(None, description="Password.", examples=[{"secret": "SMTP_PASSWORD"}])


class Influxdb(Url):
    """The InfluxDB server."""

    org: Opt[Text] = Field(None, description="Organisation.", examples=["acme"])
    bucket: Opt[Text] = Field(None, description="Bucket.", examples=["models"])
    token: Opt[Secret] = Field(None, description="Token.", examples=[{"secret": "INFLUXDB_TOKEN"}])


class Connections(Section):
    """Servers that the automations talk to; each has a conventional default."""

    prometheus: Opt[Url] = Field(
        None, description="Prometheus.", examples=[{"url": "http://prometheus:9090"}]
    )
    kafka: Opt[Kafka] = Field(
        None, description="Kafka.", examples=[{"servers": {"env": "KAFKA_BOOTSTRAP_SERVERS"}}]
    )
    rabbitmq: Opt[Url] = Field(None, description="RabbitMQ.", examples=[{"url": {"secret": "RABBITMQ_URL"}}])
    redis: Opt[Url] = Field(None, description="Redis.", examples=[{"url": {"env": "REDIS_URL"}}])
    smtp: Opt[Smtp] = Field(None, description="Mail.", examples=[{"host": "smtp.example.com"}])
    influxdb: Opt[Influxdb] = Field(None, description="InfluxDB.", examples=[{"url": "http://influxdb:8086"}])
